using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>What to do after an accept.</summary>
enum TcpAcceptStep
{
    /// <summary>There is a connection.</summary>
    Serve,

    /// <summary>There are no more now.</summary>
    Wait,

    /// <summary>That one had gone already; the next, please.</summary>
    Next,

    /// <summary>No descriptor is left for it: give up the reserve to turn it away (W3).</summary>
    TurnAway,

    /// <summary>The kernel is short of something; the listener rests for a moment.</summary>
    Rest,
}

/// <summary>
/// Decides by the kernel's answer. There is no answer that ends the listener; the original ended
/// the process on most (T1, W3).
/// </summary>
static class TcpAcceptPolicy
{
    /// <summary>What follows from this answer.</summary>
    public static TcpAcceptStep After(SysResult accepted) => accepted.Error switch
    {
        Errno.None => TcpAcceptStep.Serve,
        Errno.EAGAIN => TcpAcceptStep.Wait,
        Errno.EMFILE or Errno.ENFILE => TcpAcceptStep.TurnAway,
        // accept(2): errors of the new connection come as errors of accept.
        Errno.ECONNABORTED or Errno.EINTR or Errno.EPROTO or Errno.ENOPROTOOPT or Errno.ENETDOWN
            or Errno.ENETUNREACH or Errno.EHOSTUNREACH or Errno.EOPNOTSUPP or Errno.EPERM
            or Errno.ETIMEDOUT => TcpAcceptStep.Next,
        _ => TcpAcceptStep.Rest,
    };
}
