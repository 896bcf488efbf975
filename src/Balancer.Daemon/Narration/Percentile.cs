namespace Balancer.Daemon.Narration;

/// <summary>Percentiles of latencies that were counted by powers of two.</summary>
internal static class Percentile
{
    /// <summary>
    /// A time which this share of the answers did not exceed; null if there were none. The upper
    /// bound of the bucket, so at most twice the true value, and never less.
    /// </summary>
    /// <param name="buckets">By i: how many took less than 2^i microseconds.</param>
    /// <param name="share">0.5 for the median.</param>
    public static TimeSpan? Of(IReadOnlyList<long> buckets, double share)
    {
        var wanted = Math.Ceiling(buckets.Sum() * share);
        var counted = 0L;
        for (var i = 0; i < buckets.Count; i++)
        {
            counted += buckets[i];
            if (counted > 0 && counted >= wanted)
                return TimeSpan.FromMicroseconds(Math.Pow(2, i));
        }
        return null;
    }
}
