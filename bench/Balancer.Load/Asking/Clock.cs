using System.Diagnostics;

namespace Balancer.Load.Asking;

/// <summary>The monotonic clock, in nanoseconds.</summary>
static class Clock
{
    public const long Second = 1_000_000_000, Millisecond = 1_000_000;

    public static long Now
    {
        get
        {
            Debug.Assert(Stopwatch.Frequency == Second, "Linux counts nanoseconds");
            return Stopwatch.GetTimestamp();
        }
    }

    /// <summary>A span in nanoseconds.</summary>
    public static long Of(TimeSpan span) => span.Ticks * TimeSpan.NanosecondsPerTick;
}
