using System.Reactive.Concurrency;

namespace Balancer.Daemon.Loop;

// The loop as a scheduler: from any thread.
sealed partial class EventLoop
{
    /// <summary>The time of this turn, in ticks of <see cref="TimeSpan"/> since the loop was made.
    /// For the loop's own thread: a plain field, cheap enough for every datagram.</summary>
    public long NowTicks { get; private set; }

    /// <summary>The time of this turn; on other threads, the time.</summary>
    public override DateTimeOffset Now => _clock.At(Ticks);

    long Ticks => IsOwnThread ? NowTicks : _clock.Read();

    /// <summary>How many timers wait.</summary>
    internal int TimerCount => _timers.Count;

    public override IDisposable Schedule<TState>(
        TState state, Func<IScheduler, TState, IDisposable> action) =>
        Enter(new OneShot<TState>(this, WorkItem.AtOnce, state, action));

    public override IDisposable Schedule<TState>(
        TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Enter(new OneShot<TState>(this, After(dueTime), state, action));

    public override IDisposable Schedule<TState>(
        TState state, DateTimeOffset dueTime, Func<IScheduler, TState, IDisposable> action) =>
        Enter(new OneShot<TState>(
            this, Math.Max(_clock.TicksAt(dueTime), WorkItem.AtOnce), state, action));

    public IDisposable SchedulePeriodic<TState>(
        TState state, TimeSpan period, Func<TState, TState> action)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(period, TimeSpan.Zero);
        return Enter(new Periodic<TState>(this, Ticks + period.Ticks, period.Ticks, state, action));
    }

    long After(TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero) return WorkItem.AtOnce;
        var now = Ticks;
        return delay.Ticks < long.MaxValue - now ? now + delay.Ticks : long.MaxValue;
    }

    WorkItem Enter(WorkItem item)
    {
        if (IsOwnThread) Take(item);
        else ObjectDisposedException.ThrowIf(!_inbox.Post(item), this);
        return item;
    }

    /// <summary>Puts an item where it belongs. A cancelled one comes from another thread's
    /// <see cref="Forget"/> and belongs nowhere.</summary>
    internal void Take(WorkItem item)
    {
        if (item.IsCancelled) _timers.Remove(item);
        else if (item.Due <= NowTicks) _work.Enqueue(item);
        else _timers.Add(item);
    }

    /// <summary>Takes a cancelled item out of the timers, if it is there.</summary>
    internal void Forget(WorkItem item)
    {
        if (IsOwnThread) _timers.Remove(item);
        else _inbox.Post(item);
    }
}
