using Balancer.Rx;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// Everything may end from within anything that is told. The original went on with a connection
// that one of its own callbacks had just torn down.
public class StreamTeardownTests
{
    [Theory]
    [InlineData(typeof(BalancerEvent.StreamAccepted))]
    [InlineData(typeof(BalancerEvent.StreamConnecting))]
    [InlineData(typeof(BalancerEvent.StreamRefused))]
    [InlineData(typeof(BalancerEvent.StreamEstablished))]
    [InlineData(typeof(BalancerEvent.StreamFinished))]
    public void W19_The_end_of_all_may_come_from_within_a_fact_of_one(Type kind)
    {
        using var world = new StreamWorld();
        world.Proxies.Events.Subscribe(fact =>
        {
            if (fact.GetType() == kind)
                world.Proxies.Dispose();
        });
        var client = world.Client();
        client.Send(1, 2);
        world.Settle();
        if (!client.IsClosed)
        {
            world.Backend.Break("ECONNREFUSED");
            world.Settle();
        }
        if (!client.IsClosed)
        {
            world.Backend.Connect();
            world.Backend.Send([.. Bytes.Ok, 42]);
            world.Settle();
        }
        client.End();
        if (world.Asked.Any())
            world.Backend.End();
        world.Settle();

        // A simulated stream objects to any use after it is closed.
        Assert.Single(world.FactsOf<BalancerEvent.StreamFinished>());
        world.NothingIsLeft();
    }
}
