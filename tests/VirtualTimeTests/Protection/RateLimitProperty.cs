using Balancer.Rx;
using Balancer.Rx.Forwarding;
using CsCheck;

namespace Balancer.VirtualTimeTests.Protection;

// The buckets by themselves.
[Collection(nameof(AllocationsAlone))]
public class RateLimitProperty
{
    const long Second = TimeSpan.TicksPerSecond;

    static readonly int[] Rates = [1, 10, 1_000, 100_000];

    static readonly long Dawn = World.Dawn.Ticks;

    static readonly BalancerOptions TwoEach = BalancerOptions.Default with
    {
        RateLimit = 2,
        RateSlip = 0,
        RateLimitPrefixBits = 32,
        HashSeed = 20_261,
    };

    [Fact]
    public void One_client_has_a_bucket_of_tokens_that_fills_with_time() =>
        Gen.Select(
            Gen.Int[0, 3].Select(i => Rates[i]), Gen.Int[0, 20], Gen.Int[0, 3],
            Gen.Long[0, 3 * Second].Select(Gen.Int[0, 20], (wait, shift) => wait >> shift)
                .Array[1, 200])
            .Sample((rate, burst, slip, waits) =>
            {
                var limit = new RateLimit(BalancerOptions.Default with
                {
                    RateLimit = rate,
                    RateBurst = burst,
                    RateSlip = slip,
                });
                // The model counts up, in ticks: an interval's worth is a token.
                var interval = Second / rate;
                var full = interval * (burst == 0 ? rate : burst);
                var (now, filled, over) = (Dawn, full, 0);
                foreach (var wait in waits)
                {
                    now += wait;
                    filled = Math.Min(full, filled + wait);
                    Outcome? expected = filled >= interval ? null
                        : slip > 0 && ++over % slip == 0 ? Outcome.Slipped
                        : Outcome.RateLimited;
                    if (expected is null)
                        filled -= interval;
                    Assert.Equal(expected, limit.WhyNot(0x0A000001, now));
                }
            }, iter: 2_000);

    [Fact]
    public void Nobody_gets_more_than_the_limit_because_others_share_the_buckets()
    {
        var limit = new RateLimit(TwoEach);
        for (uint address = 0; address < 4 * RateLimit.Row; address++)
        {
            var passed = 0;
            for (var i = 0; i < 4; i++)
                passed += limit.WhyNot(address, Dawn) is null ? 1 : 0;
            Assert.InRange(passed, 0, 2);
        }
    }

    [Theory]
    [InlineData(1_000, 15)]
    [InlineData(10_000, 500)]
    public void Few_innocents_are_hurt_by_many_flooders(uint flooders, int atMost)
    {
        const uint innocents = 20_000;
        // Tokens enough that it is not the innocents who hurt each other.
        var limit = new RateLimit(TwoEach with { RateBurst = 20 });
        for (uint i = 0; i < flooders; i++)
        {
            while (limit.WhyNot(0x0A000000 + i, Dawn) is null)
            {
            }
        }
        var hurt = Enumerable.Range(0, (int)innocents)
            .Count(i => limit.WhyNot(0xC0000000 + (uint)i, Dawn) is not null);
        // By chance 5 and 400.
        Assert.InRange(hurt, 0, atMost);
    }

    [Fact]
    public void A_flood_of_forged_sources_leaves_others_their_rate()
    {
        // A million a second from everywhere, for a second, and a client that asks 20 times in it.
        var limit = new RateLimit(TwoEach with { RateLimit = 100, RateLimitPrefixBits = 24 });
        var random = new Random(7);
        for (var i = 0; i < 1_000_000; i++)
        {
            var now = Dawn + i * 10L;
            limit.WhyNot((uint)random.NextInt64(1L << 32), now);
            if (i % 50_000 == 0)
                Assert.Null(limit.WhyNot(0x0A000001, now));
        }
    }

    [Fact]
    public void A_clock_that_is_set_back_keeps_nobody_out_for_long()
    {
        var limit = new RateLimit(TwoEach);
        while (limit.WhyNot(1, Dawn) is null)
        {
        }
        var before = Dawn - 3_600 * Second;
        Assert.NotNull(limit.WhyNot(1, before));
        Assert.Null(limit.WhyNot(1, before + Second / 2));
        Assert.Null(limit.WhyNot(1, Dawn + 3_600 * Second));
    }

    [Fact]
    public void Memory_is_the_same_whoever_asks()
    {
        var limit = new RateLimit(TwoEach);
        limit.WhyNot(0, Dawn);
        var bytes = Enumerable.Range(0, 5).Select(Million).ToArray();
        // The runtime may allocate a little when it compiles a loop anew; a table that grew would
        // take megabytes.
        Assert.Contains(0L, bytes);
        Assert.All(bytes, allocated => Assert.InRange(allocated, 0, 64 * 1_024));

        long Million(int nth)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (uint i = 0; i < 1_000_000; i++)
                limit.WhyNot((i + (uint)nth * 1_000_000) * 4_099, Dawn + nth * Second + i);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
