using Balancer.Daemon.Native;

namespace Balancer.Daemon.Loop;

/// <summary>Whoever owns a descriptor and serves it when the loop says that it is ready.</summary>
interface ILoopSource
{
    /// <summary>Called on the loop's thread. Serve a bounded share, and expect EAGAIN: an event is
    /// a hint. <see cref="EpollEvents.Error"/> and <see cref="EpollEvents.HangUp"/> come whether
    /// wanted or not, turn after turn, until the registration is disposed.</summary>
    void Ready(EpollEvents events);
}
