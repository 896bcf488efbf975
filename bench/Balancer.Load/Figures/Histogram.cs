using System.Numerics;

namespace Balancer.Load.Figures;

/// <summary>
/// Durations in nanoseconds, counted by size: each power of two is divided into 128 equal steps, so
/// what is read out of it is wrong by 0.4 % at most. It never grows.
/// </summary>
sealed class Histogram
{
    const int StepBits = 7, Steps = 1 << StepBits;

    readonly long[] _counts = new long[(64 - StepBits) * Steps];

    /// <summary>How many there are.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, exactly.</summary>
    public long Longest { get; private set; }

    /// <summary>Counts one; a negative duration is none.</summary>
    public void Add(long duration)
    {
        duration = Math.Max(duration, 0);
        _counts[StepOf(duration)]++;
        Count++;
        Longest = Math.Max(Longest, duration);
    }

    /// <summary>The least duration that this share of all do not exceed; 0 of nothing.</summary>
    public long At(double share)
    {
        var wanted = Math.Max((long)Math.Ceiling(share * Count), 1);
        var met = 0L;
        for (var step = 0; step < _counts.Length; step++)
        {
            met += _counts[step];
            if (met >= wanted)
                return Math.Min(MiddleOf(step), Longest);
        }
        return 0;
    }

    static int StepOf(long duration)
    {
        if (duration < Steps)
            return (int)duration;
        var shift = BitOperations.Log2((ulong)duration) - StepBits;
        return (shift << StepBits) + (int)(duration >> shift);
    }

    static long MiddleOf(int step)
    {
        if (step < Steps)
            return step;
        var shift = (step >> StepBits) - 1;
        var first = (Steps + (long)(step & (Steps - 1))) << shift;
        return first + (1L << shift >> 1);
    }
}
