using System.Runtime.InteropServices;
using Balancer.Daemon.Native;

namespace Balancer.Load.Native;

/// <summary><c>timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>What the kernel has counted for a socket (SO_MEMINFO); the last is how many datagrams
/// it had no room for.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SocketMemory
{
    readonly ulong _received, _sent, _ahead, _backlog;
    public uint Dropped;
}

/// <summary>System calls and options that the daemon has no use for.</summary>
static unsafe partial class LoadLibC
{
    const int TimerSlack = 29;
    const long NanosecondsPerSecond = 1_000_000_000;

    public static readonly SockOption SocketMemory = new(1, 55);

    /// <summary>With <see cref="NeverFragment"/> the kernel need not draw an IP id for each
    /// datagram.</summary>
    public static readonly SockOption PathMtuDiscovery = new(0, 10);

    public const int NeverFragment = 2;

    /// <summary>Bound to an address only, a socket gets its port when it connects: then one port
    /// serves many destinations, and ports that rest in TIME_WAIT can be used again.</summary>
    public static readonly SockOption BindAddressNoPort = new(0, 24);

    /// <summary>How many events the batch now holds, after at most so many nanoseconds. An
    /// interruption counts as none.</summary>
    public static SysResult EpollWait(int epoll, EpollBatch batch, long nanoseconds)
    {
        var timeout = new TimeSpec
        {
            Seconds = nanoseconds / NanosecondsPerSecond,
            Nanoseconds = nanoseconds % NanosecondsPerSecond,
        };
        var count = epoll_pwait2(epoll, batch.First, batch.Capacity, &timeout, null);
        if (count >= 0)
            return SysResult.Of(count);
        var error = (Errno)Marshal.GetLastPInvokeError();
        return error == Errno.EINTR ? SysResult.Of(0) : SysResult.Failed(error);
    }

    /// <summary>Has this thread woken within a microsecond of when it asked to be; usual are 50.
    /// </summary>
    public static SysResult WakeOnTime() =>
        prctl(TimerSlack, 1_000, 0, 0, 0) == 0
            ? SysResult.Of(0)
            : SysResult.Failed((Errno)Marshal.GetLastPInvokeError());

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(
        int epoll, void* events, int capacity, TimeSpec* timeout, void* signals);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint a, nuint b, nuint c, nuint d);
}
