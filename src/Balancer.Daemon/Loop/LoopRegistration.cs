using System.Diagnostics;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Loop;

/// <summary>A source's place in the loop. Dispose it <em>before</em> closing the descriptor: the
/// number may be somebody else's a moment later.</summary>
sealed class LoopRegistration : IDisposable
{
    readonly EventLoop _loop;
    readonly int _fd;
    readonly ulong _key;
    bool _disposed;

    internal LoopRegistration(
        EventLoop loop, int fd, ulong key, EpollEvents interest, ILoopSource source)
    {
        _loop = loop;
        _fd = fd;
        _key = key;
        Interest = interest;
        Source = source;
    }

    public EpollEvents Interest { get; private set; }

    internal ILoopSource Source { get; }

    /// <summary>Changes what the source waits for; no system call if it already does.</summary>
    public void Want(EpollEvents interest)
    {
        if (_disposed || interest == Interest) return;
        // Only a wrong descriptor is refused here, and that is a bug worth an exception.
        _loop.Control(EpollOp.Modify, _fd, interest, _key).OrThrow("epoll_ctl");
        Interest = interest;
    }

    /// <summary>
    /// Disposes this and closes the descriptor, by one system call: the kernel forgets a descriptor
    /// that is closed. Only for one that was never duplicated.
    /// </summary>
    public void Close(Descriptor descriptor)
    {
        Debug.Assert(descriptor.Fd == _fd || _disposed, "a registration closes its own");
        if (!_disposed)
            _loop.Free(_key);
        _disposed = true;
        descriptor.Dispose();
    }

    /// <summary>The source hears nothing from here on, not even what this turn has gathered.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        var removed = _loop.Remove(_fd, _key);
        Debug.Assert(!removed.IsError, $"fd {_fd} was closed before its registration: {removed}");
    }
}
