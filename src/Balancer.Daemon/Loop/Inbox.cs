using Balancer.Daemon.Native;

namespace Balancer.Daemon.Loop;

/// <summary>Where other threads leave work for the loop, and the bell that wakes it: rung once for
/// a burst of posts, not once for each.</summary>
/// <remarks>It has no bound of its own. Who posts waits for an answer, or posts no more than one
/// thing at a time; the network does not post.</remarks>
sealed class Inbox(Action<WorkItem> take) : ILoopSource, IDisposable
{
    readonly Descriptor _bell = Descriptor.Of(LibC.EventFd(), "eventfd");
    readonly Lock _gate = new();
    List<WorkItem> _posted = [];
    List<WorkItem> _taken = [];
    bool _rung;

    public int BellFd => _bell.Fd;

    /// <summary>False once the loop is gone.</summary>
    public bool Post(WorkItem item)
    {
        lock (_gate)
        {
            if (_bell.IsClosed) return false;
            _posted.Add(item);
            RingOnce();
            return true;
        }
    }

    /// <summary>Ends the wait that is under way, or the next one.</summary>
    public void Wake()
    {
        lock (_gate) RingOnce();
    }

    public void Ready(EpollEvents events)
    {
        lock (_gate)
        {
            LibC.EventFdTake(_bell.Fd);
            _rung = false;
            (_posted, _taken) = (_taken, _posted);
        }
        foreach (var item in _taken) take(item);
        _taken.Clear();
    }

    // Under the lock, so that the bell is not closed, and its number somebody else's, in between.
    void RingOnce()
    {
        if (_rung || _bell.IsClosed) return;
        _rung = true;
        LibC.EventFdRing(_bell.Fd);
    }

    public void Dispose()
    {
        lock (_gate) _bell.Dispose();
    }
}
