using Balancer.Daemon.Narration;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

public sealed class PercentileTests
{
    static readonly double[] Shares = [0.01, 0.5, 0.9, 0.99, 1];

    [Fact]
    public void Of_nothing_there_is_none() => Assert.Null(Percentile.Of(new long[40], 0.5));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(10, 1_024)]
    public void Of_one_answer_all_are_its_upper_bound(int bucket, int microseconds)
    {
        var buckets = new long[40];
        buckets[bucket] = 1;
        Assert.All(Shares, share => Assert.Equal(
            TimeSpan.FromMicroseconds(microseconds), Percentile.Of(buckets, share)));
    }

    [Fact]
    public void The_share_of_answers_within_it_is_never_less_than_asked_for()
    {
        var random = new Random(4);
        for (var round = 0; round < 1_000; round++)
        {
            var buckets = Enumerable.Range(0, 40).Select(_ => (long)random.Next(3)).ToArray();
            var share = random.NextDouble();
            var bound = Percentile.Of(buckets, share)!.Value.TotalMicroseconds;
            var within = buckets.Where((_, i) => Math.Pow(2, i) <= bound).Sum();
            Assert.True(within >= share * buckets.Sum(), $"round {round}");
        }
    }
}
