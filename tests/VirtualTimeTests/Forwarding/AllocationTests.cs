using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Forwarding;

// A datagram costs no memory, in or out.
[Collection(nameof(AllocationsAlone))]
public class AllocationTests
{
    const int Warm = 100;

    [Fact]
    public void A_burst_of_known_remotes_allocates_nothing()
    {
        using var path = new DataPath();
        var bytes = 0L;
        for (var i = 0; i < 2 * Warm; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            path.Forward();
            if (i >= Warm)
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
            path.AnswerAll();
        }
        Assert.Equal(0, bytes);
        Assert.Equal(2 * Warm * DatagramBurst.Capacity, path.Outcomes.Received);
    }

    [Fact]
    public void A_read_with_answers_allocates_nothing()
    {
        using var path = new DataPath();
        var bytes = 0L;
        for (var i = 0; i < 2 * Warm; i++)
        {
            path.Forward();
            var before = GC.GetAllocatedBytesForCurrentThread();
            path.AnswerAll();
            if (i >= Warm)
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, bytes);
        Assert.Equal(2 * Warm * DatagramBurst.Capacity, path.Outcomes[Outcome.Answered]);
    }

    [Fact]
    public void A_burst_that_is_over_the_limit_or_not_allowed_allocates_nothing()
    {
        using var path = new DataPath(BalancerOptions.Default with
        {
            RateLimit = 1,
            RateLimitPrefixBits = 32,
            Allow = [Network.Parse("10.0.0.0/27"), Network.Parse("192.0.2.0/24")],
        });
        var bytes = 0L;
        for (var i = 0; i < 2 * Warm; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            path.Forward();
            if (i >= Warm)
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, bytes);
        Assert.Equal(2 * Warm * 32, path.Outcomes[Outcome.NotAllowed]);
        Assert.InRange(path.Outcomes[Outcome.Slipped], Warm * 31, Warm * 32);
    }

    [Fact]
    public void A_read_with_strays_allocates_nothing()
    {
        using var path = new DataPath();
        var bytes = 0L;
        for (var i = 0; i < 2 * Warm; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            path.AnswerAll();
            if (i >= Warm)
                bytes += GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Assert.Equal(0, bytes);
        Assert.Equal(2 * Warm * DatagramBurst.Capacity, path.Outcomes.Strays);
    }
}
