using Balancer.Rx;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// From accept to INBOUND_TCP_OK.
public class StreamOpeningTests
{
    static readonly byte[] Question = [0, 2, 7, 7];

    [Fact]
    public void Without_a_backend_the_client_gets_a_reset() // T2
    {
        using var world = new StreamWorld(backends: 0);
        var client = world.Client();

        Assert.True(client.IsReset);
        Assert.Equal([StreamEnd.NoBackend], world.Ends);
        Assert.Equal([(null, false)], world.Counted);
        world.NothingIsLeft();
    }

    // In the original, each connection left memory behind while no backend was up.
    [Fact]
    public void W15_A_thousand_connections_while_no_backend_is_up_leave_nothing_behind()
    {
        using var world = new StreamWorld(backends: 0);
        for (var i = 0; i < 1_000; i++)
            Assert.True(world.Client($"10.0.{i / 256}.{i % 256}").IsReset);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_connection_of_its_own_opens_with_INBOUND_TCP() // T3
    {
        using var world = new StreamWorld();
        world.Client();
        world.Client();
        Assert.Equal([5301, 5301], world.Asked);

        world.Backend.Connect();
        world.Settle();

        Assert.Equal(Bytes.InboundTcp[..8], world.Backend.Taken.Take(8));
        Assert.Equal(4001, world.Backend.Taken[8] + (world.Backend.Taken[9] << 8));
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void What_the_client_said_before_the_connect_goes_in_the_same_write() // E3
    {
        using var world = new StreamWorld();
        world.Client().Send(Question);
        world.Settle();
        world.Backend.Connect();
        world.Settle();

        Assert.Equal([.. Bytes.InboundTcp, .. Question], world.Backend.Taken);
        Assert.Equal(1, world.Backend.Writes);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void An_OK_that_comes_byte_by_byte_is_an_OK() // T4, F11
    {
        using var world = new StreamWorld();
        var client = world.Client();
        world.Backend.Connect();
        foreach (var b in Bytes.Ok)
        {
            Assert.Empty(world.FactsOf<BalancerEvent.StreamEstablished>());
            world.Backend.Send(b);
            world.Settle();
        }
        Assert.Single(world.FactsOf<BalancerEvent.StreamEstablished>());
        Assert.Empty(client.Taken);
        Assert.Equal([(new BackendId(5301), true)], world.Counted);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void Bytes_right_behind_the_OK_are_the_clients() // T4
    {
        using var world = new StreamWorld();
        var client = world.Client();
        world.Backend.Connect();
        world.Backend.Send([.. Bytes.Ok, 9, 8, 7]);
        world.Settle();

        Assert.Equal([9, 8, 7], client.Taken);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Theory]
    [InlineData(1001)]
    [InlineData(1002)]
    [InlineData(1004)]
    [InlineData(0x20545448)]
    public void Any_other_first_frame_resets_both_and_is_not_tried_elsewhere(int type) // T4
    {
        using var world = new StreamWorld();
        var client = world.Client();
        world.Backend.Connect();
        world.Backend.Send(BitConverter.GetBytes(type));
        world.Settle();

        Assert.True(client.IsReset && world.Backend.IsReset);
        Assert.Equal([5301], world.Asked);
        Assert.Equal([StreamEnd.BackendError], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_clients_end_before_the_OK_is_passed_on_after_it() // T5
    {
        using var world = new StreamWorld();
        world.Client().End();
        world.Backend.Connect();
        world.Settle();
        Assert.False(world.Backend.IsEnded);

        world.Backend.Send(Bytes.Ok);
        world.Settle();
        Assert.True(world.Backend.IsEnded);
        Assert.Equal(Bytes.InboundTcp, world.Backend.Taken);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void A_client_that_breaks_before_the_OK_ends_it()
    {
        using var world = new StreamWorld();
        world.Client().Break("ECONNRESET");
        world.Settle();

        Assert.Equal([StreamEnd.ClientError], world.Ends);
        Assert.Equal([(null, false)], world.Counted);
        world.NothingIsLeft();
    }

    [Fact]
    public void The_client_is_heard_up_to_the_bound_before_the_OK() // M18, W5
    {
        using var world = new StreamWorld();
        var client = world.Client();
        client.Send(Bytes.Many(100_000));
        world.Settle();
        Assert.Equal(65_536 - 12, 100_000 - client.Waiting);

        world.Backend.Connect();
        world.Backend.Send(Bytes.Ok);
        world.Settle();
        Assert.Equal([.. Bytes.InboundTcp, .. Bytes.Many(100_000)], world.Backend.Taken);
        Assert.Equal(0, world.Proxies.BuffersInUse);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }
}
