using Balancer.Rx;
using Balancer.Rx.Streams;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// What one connection may hold, and how much of a turn is its.
public class StreamLimitTests
{
    [Theory]
    [InlineData("10.0.0.0/30", true)]
    [InlineData("10.0.0.8/29", true)]
    [InlineData("10.0.0.7", false)]
    public void A_connection_from_outside_the_allowed_networks_is_reset(
        string network, bool isReset)
    {
        using var world = new StreamWorld(
            BalancerOptions.Default with { Allow = [Network.Parse(network)] });
        Assert.Equal(isReset, world.Client().IsReset);
        Assert.Equal(isReset ? [StreamEnd.NotAllowed] : [], world.Ends);
        Assert.Equal(isReset ? 0 : 1, world.Proxies.Count);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void W5_A_client_that_never_reads_holds_no_more_than_the_bound_here()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        client.Reads(window: 1_000);
        backend.Send(Bytes.Many(1_000_000));
        world.Settle();

        var held = world.Proxies.Snapshots().Single().HeldOut;
        Assert.InRange(held, 1, world.Options.StreamBuffer);
        Assert.Equal(1_000_000, client.Taken.Length + held + backend.Waiting);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void W5_A_backend_that_never_reads_slows_its_client_only()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        backend.Reads(window: 0);
        client.Send(Bytes.Many(1_000_000));
        backend.Send(1, 2, 3);
        world.Settle();

        Assert.InRange(1_000_000 - client.Waiting, 1, world.Options.StreamBuffer);
        Assert.Equal([1, 2, 3], client.Taken);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void An_idle_connection_holds_no_memory() // M18
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        client.Reads(window: 0);
        backend.Send(Bytes.Many(100_000));
        world.Settle();
        Assert.Equal(1, world.Proxies.BuffersInUse);

        client.Reads(window: int.MaxValue);
        world.Settle();
        Assert.Equal(100_000, client.Taken.Length);
        Assert.Equal(0, world.Proxies.BuffersInUse);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void One_turn_moves_its_share_and_then_the_others_have_theirs()
    {
        using var world = new StreamWorld();
        var (_, busy) = world.Established();
        var (client, quiet) = world.Established();
        busy.Send(Bytes.Many(9 * StreamLink.Share));
        busy.Send(Bytes.Many(StreamLink.Share));
        quiet.Send(1);

        // All signals are due at the next tick, the busy ones first, and are worth one turn.
        world.Scheduler.AdvanceBy(1);
        Assert.Equal([1], client.Taken);
        Assert.InRange(busy.Waiting, 9 * StreamLink.Share - 65_536, 9 * StreamLink.Share);

        world.Settle();
        Assert.Equal(0, busy.Waiting);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }
}
