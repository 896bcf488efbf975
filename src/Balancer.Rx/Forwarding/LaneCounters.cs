using System.Numerics;

namespace Balancer.Rx.Forwarding;

/// <summary>
/// What a lane counts (X1, and of X4 what the data plane sees). Written on the loop, read from
/// anywhere; each number is true by itself.
/// </summary>
public sealed class LaneCounters
{
    private readonly long[] _latencies = new long[40];

    /// <summary>Datagrams written to its ring.</summary>
    public long Forwarded { get; internal set; }

    /// <summary>Answers that came for them.</summary>
    public long Answered { get; internal set; }

    /// <summary>Answers that nobody was waiting for (E9).</summary>
    public long Strays { get; internal set; }

    /// <summary>Datagrams it had no room for (U4).</summary>
    public long Stuck { get; internal set; }

    /// <summary>The sum of all latencies in microseconds, from question to answer.</summary>
    public long LatencySum { get; private set; }

    /// <summary>
    /// How many answers took at least 2^(i-1) and less than 2^i microseconds, by i; the first
    /// counts those under one.
    /// </summary>
    public IReadOnlyList<long> Latencies => _latencies;

    internal void Took(long ticks)
    {
        var microseconds = Math.Max(0, ticks / (TimeSpan.TicksPerMillisecond / 1_000));
        LatencySum += microseconds;
        var bucket = 64 - BitOperations.LeadingZeroCount((ulong)microseconds);
        _latencies[Math.Min(bucket, _latencies.Length - 1)]++;
    }
}
