using System.Runtime.InteropServices;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests.Native;

/// <summary>Real descriptors and files for a test, all gone at its end.</summary>
sealed partial class Scratch : IDisposable
{
    readonly List<Descriptor> _owned = [];
    readonly Lazy<DirectoryInfo> _folder = new(() => Directory.CreateTempSubdirectory("scratch"));

    public string PathOf(string name) => Path.Combine(_folder.Value.FullName, name);

    public SockAddrUn AddressOf(string name)
    {
        Assert.True(SockAddrUn.TryCreate(PathOf(name), out var address));
        return address;
    }

    public int Own(SysResult opened)
    {
        var descriptor = Descriptor.Of(opened, "a test's descriptor");
        _owned.Add(descriptor);
        return descriptor.Fd;
    }

    public Descriptor OwnerOf(int fd) => _owned.Single(d => d.Fd == fd);

    /// <summary>Closes one now.</summary>
    public void Close(int fd) => OwnerOf(fd).Dispose();

    public int EventFd() => Own(LibC.EventFd());

    /// <summary>An eventfd that is readable until somebody takes its count.</summary>
    public int RungEventFd()
    {
        var fd = EventFd();
        LibC.EventFdRing(fd).OrThrow("eventfd");
        return fd;
    }

    /// <summary>Closes a descriptor and gives its number to an eventfd that nobody has rung.
    /// </summary>
    public void ReplaceByEventFd(int fd) => Assert.Equal(fd, dup2(EventFd(), fd));

    public (int Left, int Right) StreamPair()
    {
        var pair = new int[2];
        const int type = (int)(SockType.Stream | SockType.NonBlocking | SockType.CloseOnExec);
        Assert.Equal(0, socketpair((int)SockDomain.Unix, type, 0, pair));
        return (Own(SysResult.Of(pair[0])), Own(SysResult.Of(pair[1])));
    }

    public int Socket(SockDomain domain, SockType type) =>
        Own(LibC.Socket(domain, type | SockType.NonBlocking));

    /// <summary>A local listener at <paramref name="name"/>.</summary>
    public int Listener(string name, int backlog = 8)
    {
        var fd = Socket(SockDomain.Unix, SockType.Stream);
        LibC.Bind(fd, AddressOf(name)).OrThrow("bind");
        LibC.Listen(fd, backlog).OrThrow("listen");
        return fd;
    }

    public void Dispose()
    {
        foreach (var descriptor in _owned) descriptor.Dispose();
        if (_folder.IsValueCreated) _folder.Value.Delete(recursive: true);
    }

    [LibraryImport("libc")]
    private static partial int dup2(int from, int to);

    [LibraryImport("libc")]
    private static partial int socketpair(int domain, int type, int protocol, [Out] int[] pair);
}
