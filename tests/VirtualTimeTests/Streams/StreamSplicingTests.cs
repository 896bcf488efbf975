using Balancer.Rx;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// Bytes both ways, and the ends behind them.
public class StreamSplicingTests
{
    [Fact]
    public void Bytes_go_verbatim_both_ways() // T5
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        client.Send(Bytes.Many(1_000));
        backend.Send(Bytes.Many(2_000));
        world.Settle();

        Assert.Equal([.. Bytes.InboundTcp, .. Bytes.Many(1_000)], backend.Taken);
        Assert.Equal(Bytes.Many(2_000), client.Taken);
        Assert.Equal(0, world.Proxies.BuffersInUse);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void A_client_that_half_closes_gets_its_answer() // T5, E6
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        client.Send(1, 2, 3);
        client.End();
        world.Settle();
        Assert.True(backend.IsEnded);
        Assert.False(client.IsEnded);

        backend.Send(4, 5, 6);
        backend.End();
        world.Settle();
        Assert.Equal([4, 5, 6], client.Taken);
        Assert.True(client is { IsEnded: true, IsReset: false });
        Assert.Equal([StreamEnd.Finished], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_backend_that_half_closes_still_hears_the_client() // T5
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        backend.End();
        world.Settle();
        Assert.True(client.IsEnded);

        client.Send(7);
        client.End();
        world.Settle();
        Assert.Equal(7, backend.Taken[^1]);
        Assert.True(backend is { IsEnded: true, IsReset: false });
        Assert.Equal([StreamEnd.Finished], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void An_end_waits_for_the_bytes_before_it() // T5
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        client.Reads(window: 10);
        backend.Send(Bytes.Many(1_000));
        backend.End();
        world.Settle();
        Assert.False(client.IsEnded);

        client.Reads(window: 990);
        world.Settle();
        Assert.Equal(Bytes.Many(1_000), client.Taken);
        Assert.True(client.IsEnded);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Theory]
    [InlineData(true, StreamEnd.ClientError)]
    [InlineData(false, StreamEnd.BackendError)]
    public void W17_An_error_on_one_side_resets_both_and_is_told(bool atClient, StreamEnd end) // T6
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        (atClient ? client : backend).Break("ECONNRESET");
        world.Settle();

        Assert.True(client.IsReset && backend.IsReset);
        var fact = world.FactsOf<BalancerEvent.StreamFinished>().Single();
        Assert.Equal((end, "ECONNRESET"), (fact.End, fact.Error));
        world.NothingIsLeft();
    }

    [Fact]
    public void W19_What_a_backend_said_before_it_broke_reaches_the_client()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        backend.Send(1, 2, 3);
        backend.Break("ECONNRESET");
        client.Send(9);
        world.Settle();

        Assert.Equal([1, 2, 3], client.Taken);
        Assert.True(client.IsReset);
        Assert.Equal([StreamEnd.BackendError], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void The_last_fact_tells_how_much_went_through()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        client.Send(Bytes.Many(10));
        backend.Send(Bytes.Many(500));
        client.End();
        backend.End();
        world.Settle();

        var fact = world.FactsOf<BalancerEvent.StreamFinished>().Single();
        Assert.Equal((1, 10, 500), (fact.Connection, fact.BytesIn, fact.BytesOut));
        Assert.Equal((10, 500), (world.Proxies.Counters.BytesIn, world.Proxies.Counters.BytesOut));
        world.NothingIsLeft();
    }

    [Fact]
    public void A_connection_tells_its_story_in_order()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        client.End();
        backend.End();
        world.Settle();

        Assert.Equal(
            [
                typeof(BalancerEvent.StreamAccepted),
                typeof(BalancerEvent.StreamConnecting),
                typeof(BalancerEvent.StreamEstablished),
                typeof(BalancerEvent.StreamFinished),
            ],
            world.Facts.Select(fact => fact.GetType()));
        world.NothingIsLeft();
    }
}
