using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

// A counter in the kernel that wakes whoever waits for it: the loop's door bell.
static unsafe partial class LibC
{
    const int NonBlocking = 0x800;

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

    /// <summary>Sets it back to zero; EAGAIN if it was zero.</summary>
    public static SysResult EventFdClear(int fd)
    {
        ulong count;
        SysResult result;
        do result = Answer(read(fd, &count, sizeof(ulong)));
        while (result.Is(Errno.EINTR));
        return result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint read(int fd, void* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint write(int fd, void* buffer, nuint length);
}
