using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>How a connection to a backend's socket is made.</summary>
/// <param name="path">The socket.</param>
/// <param name="busyRetry">How soon to try again when its listen queue is full.</param>
sealed class StreamDial(string path, TimeSpan busyRetry)
{
    /// <summary>How soon to try again when <see cref="Try"/> has answered EAGAIN.</summary>
    public TimeSpan BusyRetry { get; } = busyRetry;

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
        return SockAddrUn.TryCreate(path, out var address)
            ? LibC.Connect(socket.Fd, address)
            : SysResult.Failed(Errno.ENAMETOOLONG);
    }
}
