using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

// A counter in the kernel that wakes whoever waits for it: the loop's door bell.
static unsafe partial class LibC
{
    internal const int NonBlocking = 0x800;

    /// <summary>A counter at zero; not blocking, never inherited.</summary>
    public static SysResult EventFd() => Answer(eventfd(0, CloseOnExec | NonBlocking));

    /// <summary>Adds one. EAGAIN would take 2^64 - 2 of them unread.</summary>
    public static SysResult EventFdRing(int fd)
    {
        var one = 1ul;
        SysResult result;
        do result = Answer(write(fd, &one, sizeof(ulong)));
        while (result.Is(Errno.EINTR));
        return result;
    }

    /// <summary>How often it was rung since the last call; EAGAIN if never.</summary>
    public static SysResult EventFdTake(int fd)
    {
        ulong count;
        SysResult result;
        do result = Answer(read(fd, &count, sizeof(ulong)));
        while (result.Is(Errno.EINTR));
        return result.IsError ? result : SysResult.Of((long)count);
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint read(int fd, void* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint write(int fd, void* buffer, nuint length);
}
