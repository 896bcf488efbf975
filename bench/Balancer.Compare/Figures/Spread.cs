using System.Globalization;

namespace Balancer.Compare.Figures;

/// <summary>One figure, round by round.</summary>
sealed class Spread(IEnumerable<double> rounds)
{
    readonly double[] _rounds = [.. rounds];

    public IReadOnlyList<double> Rounds => _rounds;

    public double Median => Sorted() is [] ? double.NaN : Middle(Sorted());

    public double Max => _rounds.DefaultIfEmpty(double.NaN).Max();

    /// <summary>Round by round, so that a machine that slows down slows both.</summary>
    public Spread Over(Spread partner) =>
        new(_rounds.Zip(partner._rounds, (ours, theirs) => ours / theirs));

    public Spread Less(Spread partner) =>
        new(_rounds.Zip(partner._rounds, (ours, theirs) => ours - theirs));

    /// <summary>The median, and the range if there was more than one round.</summary>
    public string Text(string format) => Sorted() switch
    {
        [] => "–",
        [var only] => Number(only, format),
        [var least, .., var most] when Number(least, format) == Number(most, format) =>
            Number(least, format),
        [var least, .., var most] =>
            $"{Number(Median, format)} ({Number(least, format)}–{Number(most, format)})",
    };

    /// <summary>What has no end is "never".</summary>
    public static string Number(double value, string format) => double.IsInfinity(value)
        ? "never"
        : value.ToString(format, CultureInfo.InvariantCulture);

    double[] Sorted() => [.. _rounds.Order()];

    static double Middle(double[] sorted) =>
        (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
