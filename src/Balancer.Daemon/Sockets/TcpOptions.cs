using System.Runtime.InteropServices;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Sockets;

/// <summary>Socket options of client connections.</summary>
static class TcpOptions
{
    /// <summary>A dead peer is noticed in about 16 seconds (M12), by the kernel.</summary>
    const int KeepAliveIdleSeconds = 1, KeepAliveIntervalSeconds = 1, KeepAliveCount = 15;

    const int SocketLevel = 1, TcpLevel = 6;

    internal static readonly SockOption KeepAlive = new(SocketLevel, 9);
    internal static readonly SockOption KeepAliveIdle = new(TcpLevel, 4);
    internal static readonly SockOption KeepAliveInterval = new(TcpLevel, 5);
    internal static readonly SockOption KeepAliveProbes = new(TcpLevel, 6);
    static readonly SockOption Linger = new(SocketLevel, 13);

    /// <summary>
    /// Sets on a listener what its connections inherit: no delay of small writes, and keepalive
    /// (M12). So accepting costs no further calls, and none of them can fail (W16). True if all
    /// were set; connections work without them.
    /// </summary>
    public static bool SetInherited(int listener) =>
        Set(listener, SockOption.NoDelay, 1)
        & Set(listener, KeepAlive, 1)
        & Set(listener, KeepAliveIdle, KeepAliveIdleSeconds)
        & Set(listener, KeepAliveInterval, KeepAliveIntervalSeconds)
        & Set(listener, KeepAliveProbes, KeepAliveCount);

    /// <summary>The next close sends a reset and forgets what was not sent.</summary>
    public static void ResetOnClose(int fd) =>
        LibC.SetSockOpt(fd, Linger, new LingerTime { IsOn = 1, Seconds = 0 });

    static bool Set(int fd, SockOption option, int value) =>
        !LibC.SetSockOpt(fd, option, value).IsError;

    /// <summary><c>struct linger</c>: two ints.</summary>
    [StructLayout(LayoutKind.Sequential)]
    struct LingerTime
    {
        public int IsOn;
        public int Seconds;
    }
}
