using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

enum EpollOp { Add = 1, Delete = 2, Modify = 3 }

// The kernel's list of what is ready.
static unsafe partial class LibC
{
    internal const int CloseOnExec = 0x80000;

    public static SysResult EpollCreate() => Answer(epoll_create1(CloseOnExec));

    public static SysResult EpollCtl(
        int epoll, EpollOp op, int fd, EpollEvents interest, ulong data)
    {
        if (!EpollBatch.IsPacked)
        {
            var aligned = new EpollEvent(interest, data);
            return Answer(epoll_ctl(epoll, (int)op, fd, &aligned));
        }
        var packed = new PackedEpollEvent { Events = interest, Data = data };
        return Answer(epoll_ctl(epoll, (int)op, fd, &packed));
    }

    /// <summary>How many events the batch now holds. An interruption counts as none: the caller
    /// knows how much of its time-out is left, this wrapper does not.</summary>
    public static SysResult EpollWait(int epoll, EpollBatch batch, int timeoutMs)
    {
        var result = Answer(epoll_wait(epoll, batch.First, batch.Capacity, timeoutMs));
        return result.Is(Errno.EINTR) ? SysResult.Of(0) : result;
    }

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int op, int fd, void* change);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int epoll_wait(int epoll, void* events, int capacity, int timeoutMs);
}
