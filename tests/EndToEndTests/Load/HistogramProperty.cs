using Balancer.Load.Figures;
using CsCheck;
using Xunit;

namespace Balancer.EndToEndTests.Load;

public sealed class HistogramProperty
{
    static readonly double[] Shares = [0.001, 0.5, 0.9, 0.99, 0.999, 1];

    [Fact]
    public void What_is_read_from_it_is_wrong_by_less_than_one_percent()
    {
        // All magnitudes alike, from nanoseconds to years.
        var duration = Gen.Select(Gen.Int[0, 62], Gen.Double[0.5, 1])
            .Select((power, part) => (long)(Math.ScaleB(1, power) * part));
        duration.Array[1, 500].Sample(durations =>
        {
            var histogram = new Histogram();
            foreach (var each in durations)
                histogram.Add(each);
            Array.Sort(durations);
            Assert.Equal(durations.Length, histogram.Count);
            Assert.Equal(durations[^1], histogram.Longest);
            foreach (var share in Shares)
            {
                var rank = Math.Max((int)Math.Ceiling(share * durations.Length), 1);
                double exact = durations[rank - 1];
                Assert.InRange(histogram.At(share), exact * 0.99, exact * 1.01);
            }
        });
    }

    [Fact]
    public void Of_nothing_all_are_zero() =>
        Assert.All(Shares, share => Assert.Equal(0, new Histogram().At(share)));

    [Fact]
    public void The_longest_and_a_negative_one_have_their_place()
    {
        var histogram = new Histogram();
        histogram.Add(long.MaxValue);
        histogram.Add(-1);
        Assert.Equal(0, histogram.At(0.5));
        Assert.InRange(histogram.At(1), long.MaxValue * 0.99, long.MaxValue);
    }
}
