using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>How a connection to a backend's socket is made.</summary>
/// <param name="path">The socket.</param>
/// <param name="busyRetry">How soon to try again when its listen queue is full.</param>
/// <param name="owners">Who may run backends; null: anybody.</param>
sealed class StreamDial(string path, TimeSpan busyRetry, IReadOnlySet<uint>? owners)
{
    /// <summary>How soon to try again when <see cref="Try"/> has answered EAGAIN.</summary>
    public TimeSpan BusyRetry { get; } = busyRetry;

    /// <summary>Why <see cref="Try"/> has answered EACCES, if that was not the kernel.</summary>
    public string? Refusal { get; private set; }

    /// <summary>
    /// Connects, which for a local socket is done at once or not at all; EAGAIN says that the
    /// backend's listen queue is full, and the same descriptor may try again (W27). The descriptor
    /// is the caller's, whatever the answer.
    /// </summary>
    public SysResult Try(ref Descriptor? socket)
    {
        if (socket is null)
        {
            var opened = LibC.Socket(SockDomain.Unix, SockType.Stream | SockType.NonBlocking);
            if (opened.IsError)
                return opened;
            socket = new(opened.Value);
        }
        if (!SockAddrUn.TryCreate(path, out var address))
            return SysResult.Failed(Errno.ENAMETOOLONG);
        var connected = LibC.Connect(socket.Fd, address);
        if (connected.IsError)
            return connected;
        Refusal = BackendPeer.WhyNot(socket.Fd, owners);
        return Refusal is null ? connected : SysResult.Failed(Errno.EACCES);
    }
}
