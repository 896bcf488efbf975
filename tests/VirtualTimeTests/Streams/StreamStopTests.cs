using Balancer.Rx;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// Stopping in two steps: no new ones, then none at all.
public class StreamStopTests
{
    [Fact]
    public void Open_connections_outlive_the_end_of_accepting_and_the_last_one_completes_the_facts()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        world.Proxies.StopAccepting();
        Assert.False(world.IsAccepting);

        client.Send(1);
        world.Settle();
        Assert.Equal(1, backend.Taken[^1]);
        Assert.False(world.IsOver);

        client.End();
        backend.End();
        world.Settle();
        Assert.True(world.IsOver);
        world.NothingIsLeft();
    }

    [Fact]
    public void With_nothing_open_the_end_of_accepting_completes_the_facts()
    {
        using var world = new StreamWorld();
        world.Proxies.StopAccepting();
        Assert.True(world.IsOver);
        world.NothingIsLeft();
    }

    [Fact]
    public void The_stop_ends_all_connections_whatever_their_state()
    {
        using var world = new StreamWorld();
        world.Client();
        world.Client();
        world.Backend.Connect();
        world.Established();
        var (client, _) = world.Established();
        client.End();
        world.Settle();
        Assert.Equal(4, world.Proxies.Count);

        world.Proxies.Dispose();
        world.Proxies.Dispose();
        Assert.Equal(Enumerable.Repeat(StreamEnd.Stopping, 4), world.Ends);
        Assert.True(world.IsOver);
        world.NothingIsLeft();
    }

    [Fact]
    public void Connections_are_numbered_from_one() // T8
    {
        using var world = new StreamWorld(backends: 0);
        world.Client();
        world.Client();
        Assert.Equal(
            [1L, 2L],
            world.FactsOf<BalancerEvent.StreamAccepted>().Select(fact => fact.Connection));
        world.NothingIsLeft();
    }
}
