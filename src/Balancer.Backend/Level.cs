using System.Diagnostics;

namespace Balancer.Backend;

/// <summary>
/// A number that rises and falls on any thread, and that one reader can wait for to have fallen:
/// bytes in an outbox, queries without an answer.
/// </summary>
internal sealed class Level
{
    private readonly Lock _gate = new();
    private long _value;
    private long _goal;
    private TaskCompletionSource? _fallen;

    public long Value => Interlocked.Read(ref _value);

    public void Rise(long by)
    {
        lock (_gate)
            _value += by;
    }

    public void Fall(long by)
    {
        TaskCompletionSource? fallen = null;
        lock (_gate)
        {
            _value -= by;
            Debug.Assert(_value >= 0);
            if (_value <= _goal)
                (fallen, _fallen) = (_fallen, null);
        }
        fallen?.SetResult();
    }

    public Task AtMostAsync(long goal, CancellationToken stop)
    {
        lock (_gate)
        {
            if (_value <= goal)
                return Task.CompletedTask;
            _goal = goal;
            _fallen ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _fallen.Task.WaitAsync(stop);
        }
    }
}
