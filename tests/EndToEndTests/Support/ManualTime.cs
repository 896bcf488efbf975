namespace Balancer.EndToEndTests.Support;

/// <summary>
/// Time that passes when it is told to. Whoever waits is woken by <see cref="Pass"/>, on the thread
/// that calls it; that somebody waits can be waited for.
/// </summary>
internal sealed class ManualTime : TimeProvider
{
    readonly Lock _gate = new();
    readonly List<Waiter> _waiters = [];
    readonly List<(TimeSpan Due, TaskCompletionSource Seen)> _expected = [];
    TimeSpan _now;

    /// <summary>Ends when somebody waits for so long.</summary>
    public Task IsWaitedFor(TimeSpan due)
    {
        lock (_gate)
        {
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_waiters.Any(waiter => waiter.Lasts == due))
                seen.SetResult();
            else
                _expected.Add((due, seen));
            return seen.Task.Within($"somebody waits for {due}");
        }
    }

    /// <summary>So much time passes, and whoever has waited long enough is woken.</summary>
    public void Pass(TimeSpan time)
    {
        Waiter[] due;
        lock (_gate)
        {
            _now += time;
            due = [.. _waiters.Where(waiter => waiter.At <= _now)];
            _waiters.RemoveAll(waiter => waiter.At <= _now);
        }
        foreach (var waiter in due)
            waiter.Ring();
    }

    public override long GetTimestamp() => _now.Ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var waiter = new Waiter(this, () => callback(state));
        waiter.Change(dueTime, period);
        return waiter;
    }

    sealed class Waiter(ManualTime time, Action ring) : ITimer
    {
        public TimeSpan Lasts { get; private set; }

        public TimeSpan At { get; private set; }

        public void Ring() => ring();

        // Nobody here wants a timer that rings again.
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._waiters.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                (Lasts, At) = (dueTime, time._now + dueTime);
                time._waiters.Add(this);
                foreach (var (due, seen) in time._expected.ToArray())
                {
                    if (due == dueTime && time._expected.Remove((due, seen)))
                        seen.SetResult();
                }
                return true;
            }
        }

        public void Dispose()
        {
            lock (time._gate)
                time._waiters.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
