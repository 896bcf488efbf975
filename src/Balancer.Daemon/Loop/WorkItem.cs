using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Balancer.Daemon.Loop;

/// <summary>A piece of work for the loop, and the handle that cancels it.</summary>
abstract class WorkItem(EventLoop loop, long due) : IDisposable
{
    /// <summary>The due time of work that waits for nothing.</summary>
    public const long AtOnce = 0;

    volatile bool _cancelled;

    protected EventLoop Loop => loop;

    /// <summary>In the loop's ticks.</summary>
    public long Due { get; set; } = due;

    /// <summary>Where the item stands among the timers: written by <see cref="TimerHeap"/> alone.
    /// </summary>
    public int Place { get; set; } = TimerHeap.Nowhere;

    /// <summary>Orders equal due times: written by <see cref="TimerHeap"/> alone.</summary>
    public long Sequence { get; set; }

    public bool IsCancelled => _cancelled;

    public abstract void Run();

    /// <summary>From any thread, any number of times.</summary>
    public virtual void Dispose()
    {
        if (_cancelled) return;
        _cancelled = true;
        if (Due != AtOnce) loop.Forget(this);
    }
}

/// <summary>Work that runs once.</summary>
sealed class OneShot<TState>(
    EventLoop loop, long due, TState state, Func<IScheduler, TState, IDisposable> action)
    : WorkItem(loop, due)
{
    // What the action hands back is cancelled together with the action: this is how Rx chains
    // recursive work.
    SingleAssignmentDisposableValue _next;

    public override void Run() => _next.Disposable = action(Loop, state);

    public override void Dispose()
    {
        base.Dispose();
        _next.Dispose();
    }
}

/// <summary>Work that runs again and again. Periods missed while the loop was busy are not made up
/// for: a burst of late beats helps nobody.</summary>
sealed class Periodic<TState>(
    EventLoop loop, long due, long period, TState state, Func<TState, TState> action)
    : WorkItem(loop, due)
{
    TState _state = state;

    public override void Run()
    {
        // Before the action, so that an action that throws has not stopped its timer, and one
        // that cancels itself has.
        var onTime = Due + period;
        Due = onTime > Loop.NowTicks ? onTime : Loop.NowTicks + period;
        Loop.Take(this);
        _state = action(_state);
    }
}
