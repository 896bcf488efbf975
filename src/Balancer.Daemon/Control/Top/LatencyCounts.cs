using System.Numerics;

namespace Balancer.Daemon.Control.Top;

/// <summary>
/// How many answers took how long: sixteen counts to each doubling, so a percentile is right to a
/// sixteenth. In fixed memory, up to more than an hour.
/// </summary>
internal sealed class LatencyCounts
{
    private const int Exact = 16, ExactBits = 4;
    private const int MaxBits = 32;

    private readonly long[] _counts = new long[(MaxBits - ExactBits + 1) * Exact];

    /// <summary>How many there are.</summary>
    public long Total { get; private set; }

    /// <summary>One more, that took so many ticks of 100 ns.</summary>
    public void Add(long ticks)
    {
        _counts[PlaceOf(ticks / TimeSpan.TicksPerMicrosecond)]++;
        Total++;
    }

    /// <summary>All of another's besides.</summary>
    public void Add(LatencyCounts other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Total += other.Total;
    }

    /// <summary>What this part of them, 0 to 1, did not exceed, in milliseconds; null: there are
    /// none.</summary>
    public double? Percentile(double part)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(part * Total));
        for (var (place, seen) = (0, 0L); place < _counts.Length; place++)
        {
            seen += _counts[place];
            if (seen >= rank)
                return LastOf(place) / 1_000.0;
        }
        return null;
    }

    private static int PlaceOf(long microseconds)
    {
        var value = Math.Clamp(microseconds, 0, uint.MaxValue);
        if (value < Exact)
            return (int)value;
        var bits = BitOperations.Log2((ulong)value);
        return (bits - ExactBits + 1) * Exact + (int)(value >> bits - ExactBits & Exact - 1);
    }

    // The longest that is counted there.
    private static long LastOf(int place)
    {
        if (place < Exact)
            return place;
        var shift = place / Exact - 1;
        return (Exact + place % Exact + 1L << shift) - 1;
    }
}
