using Balancer.Daemon.Native;

namespace Balancer.Daemon.Loop;

// The loop as the keeper of descriptors: on its own thread, or while it does not run.
sealed partial class EventLoop
{
    /// <summary>How many descriptors are registered, the loop's own bell not counted.</summary>
    public int SourceCount => _sources.Count - 1;

    /// <summary>For setting up: registers a descriptor, or throws.</summary>
    public LoopRegistration Add(int fd, EpollEvents interest, ILoopSource source)
    {
        var added = TryAdd(fd, interest, source, out var registration);
        return registration ?? throw new SysException($"epoll_ctl, fd {fd}", added.Error);
    }

    /// <summary>For descriptors that come and go: a refusal (ENOSPC, ENOMEM) is a value.</summary>
    public SysResult TryAdd(
        int fd, EpollEvents interest, ILoopSource source, out LoopRegistration? registration)
    {
        var key = _sources.Reserve();
        var added = Control(EpollOp.Add, fd, interest, key);
        if (added.IsError)
        {
            _sources.Free(key);
            registration = null;
            return added;
        }
        registration = new LoopRegistration(this, fd, key, interest, source);
        _sources.Occupy(key, registration);
        return added;
    }

    internal SysResult Control(EpollOp op, int fd, EpollEvents interest, ulong key)
    {
        var thread = Volatile.Read(ref _thread);
        if (thread != NoThread && thread != Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("Sources belong to the loop's own thread.");
        return LibC.EpollCtl(_epoll.Fd, op, fd, interest, key);
    }

    internal void Free(ulong key) => _sources.Free(key);

    internal SysResult Remove(int fd, ulong key)
    {
        if (_epoll.IsClosed) return SysResult.Of(0);
        var removed = Control(EpollOp.Delete, fd, EpollEvents.None, key);
        _sources.Free(key);
        return removed;
    }
}
