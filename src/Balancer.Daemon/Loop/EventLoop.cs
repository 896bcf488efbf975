// LOOP: one thread that waits for descriptors, timers and work, and serves them in turns.
//
// A turn:
//   1. wait     epoll, for as long as no work is queued and no timer is due
//   2. clock    read once; it stands still for the rest of the turn
//   3. timers   what is due joins the queue of work
//   4. sources  at most EventsPerTurn are served. The events were gathered by the wait; each is
//               matched with its owner only now, so that a source closed earlier in the same batch
//               is not served, nor is a newcomer that has got its descriptor's number
//   5. work     as many items as are queued at this moment; what they queue waits for the next
//               turn, so that work that schedules itself cannot starve the sources
//
// The loop is the IScheduler of everything that runs on it. Because the clock stands still within a
// turn, its own work runs in the exact order of (due time, order of scheduling), immediate work
// counting as due when it was scheduled. Nothing runs inside the call that schedules it. Other
// threads' work comes through the inbox: Schedule, Stop, Now and the disposal of scheduled work
// are for any thread, everything else is for the loop's own.
//
// A timer is never early by the loop's clock. It may be late by what a turn takes and by the
// millisecond to which epoll rounds. Work or a source that throws is reported to whoever made the
// loop, and the loop goes on; who wants it to end calls Stop.
//
// Not promised: order between threads; that work still queued at Stop ever runs; fairness (a
// source that does not bound its share delays all others).

using System.Reactive.Concurrency;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Loop;

sealed partial class EventLoop : LocalScheduler, ISchedulerPeriodic, IDisposable
{
    public const int EventsPerTurn = 128;

    const int NoThread = 0;

    readonly Descriptor _epoll = Descriptor.Of(LibC.EpollCreate(), "epoll_create1");
    readonly EpollBatch _events = new(EventsPerTurn);
    readonly SourceTable _sources = new();
    readonly Queue<WorkItem> _work = new();
    readonly TimerHeap _timers = new();
    readonly LoopClock _clock = new();
    readonly Inbox _inbox;
    readonly Action<Exception> _failed;
    int _thread = NoThread;
    volatile bool _stop;

    /// <param name="failed">Told, on the loop's thread, of what sources and work throw.</param>
    public EventLoop(Action<Exception> failed)
    {
        _failed = failed;
        _inbox = new Inbox(Take);
        NowTicks = _clock.Read();
        Add(_inbox.BellFd, EpollEvents.In, _inbox);
    }

    bool IsOwnThread => Volatile.Read(ref _thread) == Environment.CurrentManagedThreadId;

    /// <summary>Serves on the calling thread until <see cref="Stop"/> or cancellation; the turn
    /// under way is finished.</summary>
    public void Run(CancellationToken cancellation = default)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (Interlocked.CompareExchange(ref _thread, thread, NoThread) != NoThread)
            throw new InvalidOperationException("The loop is running already.");
        try
        {
            using var stopping = cancellation.Register(Stop);
            while (!_stop) Turn();
        }
        finally
        {
            _stop = false;
            Volatile.Write(ref _thread, NoThread);
        }
    }

    /// <summary>Ends the run, or the next one if none is under way. From any thread.</summary>
    public void Stop()
    {
        _stop = true;
        _inbox.Wake();
    }

    void Turn()
    {
        var count = LibC.EpollWait(_epoll.Fd, _events, Patience()).OrThrow("epoll_wait");
        NowTicks = _clock.Read();
        MoveDueTimers();
        for (var i = 0; i < count; i++) Serve(_events[i]);
        for (var left = _work.Count; left > 0; left--) Perform(_work.Dequeue());
    }

    /// <summary>How many milliseconds to wait at most, or -1: until something happens.</summary>
    int Patience()
    {
        if (_work.Count > 0) return 0;
        if (_timers.Earliest is not { } next) return -1;
        // The clock is read anew: the last turn may have been a long one.
        var wait = next.Due - _clock.Read();
        const long ms = TimeSpan.TicksPerMillisecond;
        // Rounded up, or the last millisecond would be spent spinning.
        return wait <= 0 ? 0 : (int)Math.Min((wait - 1) / ms + 1, int.MaxValue);
    }

    void MoveDueTimers()
    {
        while (_timers.Earliest is { } next && next.Due <= NowTicks)
        {
            _timers.Remove(next);
            _work.Enqueue(next);
        }
    }

    void Serve(EpollEvent ready)
    {
        if (_sources.OwnerOf(ready.Data) is not { } owner) return;
        // An earlier source of this batch may have made this one want less than it did.
        const EpollEvents always = EpollEvents.Error | EpollEvents.HangUp;
        var events = ready.Events & (owner.Interest | always);
        if (events == EpollEvents.None) return;
        try
        {
            owner.Source.Ready(events);
        }
        catch (Exception e)
        {
            _failed(e);
        }
    }

    void Perform(WorkItem item)
    {
        if (item.IsCancelled) return;
        try
        {
            item.Run();
        }
        catch (Exception e)
        {
            _failed(e);
        }
    }

    /// <summary>Gives back what the loop has opened; its sources are their owners'.</summary>
    public void Dispose()
    {
        if (Volatile.Read(ref _thread) != NoThread)
            throw new InvalidOperationException("Stop the loop before disposing it.");
        _inbox.Dispose();
        _epoll.Dispose();
        _events.Dispose();
    }
}
