using Microsoft.Reactive.Testing;

namespace Balancer.VirtualTimeTests.Streams;

/// <summary>A test scheduler that can tell what was scheduled, and whether any of it is left.
/// </summary>
sealed class IdleScheduler : TestScheduler
{
    /// <summary>Nothing is to happen any more; what was cancelled does not count.</summary>
    public bool IsIdle => GetNext() is null;

    /// <summary>How many pieces of work have been scheduled so far.</summary>
    public int Scheduled { get; private set; }

    public override IDisposable ScheduleAbsolute<TState>(
        TState state,
        long dueTime,
        Func<System.Reactive.Concurrency.IScheduler, TState, IDisposable> action)
    {
        Scheduled++;
        return base.ScheduleAbsolute(state, dueTime, action);
    }
}
