using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

enum SockDomain { Unix = 1, Inet = 2 }

[Flags]
enum SockType
{
    Stream = 1,
    Datagram = 2,
    NonBlocking = 0x800,
    CloseOnExec = 0x80000,
}

enum ShutdownHow { Read = 0, Write = 1, Both = 2 }

// Sockets from birth to shutdown.
static unsafe partial class LibC
{
    /// <summary>A new socket, never inherited by a child.</summary>
    public static SysResult Socket(SockDomain domain, SockType type) =>
        Answer(socket((int)domain, (int)(type | SockType.CloseOnExec), 0));

    public static SysResult Bind(int fd, in SockAddrIn address)
    {
        fixed (SockAddrIn* a = &address) return Answer(bind(fd, a, (uint)sizeof(SockAddrIn)));
    }

    public static SysResult Bind(int fd, in SockAddrUn address)
    {
        fixed (SockAddrUn* a = &address) return Answer(bind(fd, a, (uint)sizeof(SockAddrUn)));
    }

    public static SysResult Listen(int fd, int backlog) => Answer(listen(fd, backlog));

    /// <summary>The next connection, not blocking and never inherited, and where it is from.
    /// </summary>
    public static SysResult Accept(int fd, out SockAddrIn peer)
    {
        const int flags = (int)(SockType.NonBlocking | SockType.CloseOnExec);
        SockAddrIn from = default;
        SysResult result;
        do
        {
            var length = (uint)sizeof(SockAddrIn);
            result = Answer(accept4(fd, &from, &length, flags));
        }
        while (result.Is(Errno.EINTR));
        peer = from;
        return result;
    }

    /// <summary>The next connection of a listener whose peers have no address worth having.
    /// </summary>
    public static SysResult Accept(int fd)
    {
        const int flags = (int)(SockType.NonBlocking | SockType.CloseOnExec);
        SysResult result;
        do result = Answer(accept4(fd, null, null, flags));
        while (result.Is(Errno.EINTR));
        return result;
    }

    public static SysResult Connect(int fd, in SockAddrIn address)
    {
        fixed (SockAddrIn* a = &address) return Connect(fd, a, (uint)sizeof(SockAddrIn));
    }

    /// <summary>EAGAIN here means a full backlog, and nothing is in progress: try later.</summary>
    public static SysResult Connect(int fd, in SockAddrUn address)
    {
        fixed (SockAddrUn* a = &address) return Connect(fd, a, (uint)sizeof(SockAddrUn));
    }

    // Only a blocking connect is ever interrupted; a local one has then not begun.
    static SysResult Connect(int fd, void* address, uint length)
    {
        SysResult result;
        do result = Answer(connect(fd, address, length));
        while (result.Is(Errno.EINTR));
        return result;
    }

    /// <summary>Where an IPv4 socket is bound.</summary>
    public static SysResult GetSockName(int fd, out SockAddrIn address)
    {
        SockAddrIn own = default;
        var length = (uint)sizeof(SockAddrIn);
        var result = Answer(getsockname(fd, &own, &length));
        address = own;
        return result;
    }

    public static SysResult Shutdown(int fd, ShutdownHow how) => Answer(shutdown(fd, (int)how));

    [LibraryImport(Library, SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int bind(int fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int listen(int fd, int backlog);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int accept4(int fd, void* address, uint* length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int connect(int fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int getsockname(int fd, void* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int shutdown(int fd, int how);
}
