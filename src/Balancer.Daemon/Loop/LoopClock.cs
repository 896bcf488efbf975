using System.Diagnostics;

namespace Balancer.Daemon.Loop;

/// <summary>The wall clock as it was at the start, carried on by the monotonic one: it never jumps,
/// so no timer does. It drifts from the wall clock as that is corrected.</summary>
sealed class LoopClock
{
    readonly DateTimeOffset _wallAtStart = DateTimeOffset.UtcNow;
    readonly long _start = Stopwatch.GetTimestamp();

    /// <summary>Ticks of <see cref="TimeSpan"/> since the start, rounded down.</summary>
    public long Read()
    {
        Debug.Assert(Stopwatch.Frequency == 1_000_000_000, "Linux counts nanoseconds");
        return (Stopwatch.GetTimestamp() - _start) / TimeSpan.NanosecondsPerTick;
    }

    public DateTimeOffset At(long ticks) => _wallAtStart.AddTicks(ticks);

    public long TicksAt(DateTimeOffset time) => (time - _wallAtStart).Ticks;
}
