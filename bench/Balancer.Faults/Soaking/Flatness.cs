using System.Globalization;
using Balancer.Compare.Figures;

namespace Balancer.Faults.Soaking;

/// <summary>
/// Something that may not grow: the median of the last third of its figures is held against that of
/// the first third, after a warm-up of a tenth and a minute at least.
/// </summary>
/// <param name="What">It is.</param>
/// <param name="Figure">It in a sample.</param>
/// <param name="Share">By how much it may be above, as a part of it.</param>
/// <param name="Plus">And by how much besides: what comes and goes does not stand still.</param>
sealed record Flatness(string What, Func<Sample, double> Figure, double Share, double Plus)
{
    static readonly TimeSpan WarmUp = TimeSpan.FromMinutes(1);

    /// <summary>Remotes come to rest when all of the crowd are known; connections wander with the
    /// crowd, and descriptors with them. A leaked subscription shows as memory only.</summary>
    public static IReadOnlyList<Flatness> All { get; } =
    [
        new("resident memory, KB", sample => sample.Resident, 0.1, 4_096),
        new("descriptors beside those of TCP connections",
            sample => sample.Descriptors - 2 * sample.Streams, 0.1, 16),
        new("threads", sample => sample.Threads, 0, 2),
        new("remotes", sample => sample.Remotes, 0.1, 400),
        new("datagrams in flight", sample => sample.InFlight, 0.5, 2_000),
        new("open TCP connections", sample => sample.Streams, 0.5, 50),
    ];

    /// <summary>Whether it was kept.</summary>
    public Verdict Judge(IReadOnlyList<Sample> samples)
    {
        var warm = samples
            .SkipWhile(sample => sample.At < samples[^1].At / 10 || sample.At < WarmUp)
            .ToList();
        var third = warm.Count / 3;
        var first = Median(warm.Take(third));
        var last = Median(warm.TakeLast(third));
        var most = first * (1 + Share) + Plus;
        return new(
            What,
            Text($"at the end ≤ {most:#,0}"),
            Text($"{first:#,0} at the beginning, {last:#,0} at the end"),
            third == 0 ? null : last <= most);
    }

    double Median(IEnumerable<Sample> samples) => new Spread(samples.Select(Figure)).Median;

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
