using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Forwarding;

// One write per backend and burst, one batch of answers per read, and S7 told sparingly (M20).
public class BurstTests
{
    [Fact]
    public void A_burst_is_one_write_to_each_of_its_backends()
    {
        var world = new World().With(5301, 5302, 5303);
        var before = Sends(world);
        world.AllAsk(world.Clients(60));
        Assert.Equal(before.Select(sends => sends + 1), Sends(world));
        world.Settle();
        Assert.Equal(60, world.Outcomes[Outcome.Answered]);
    }

    [Fact]
    public void Bursts_of_one_turn_are_one_write()
    {
        var world = new World().With(5301, 5302, 5303);
        var before = Sends(world);
        world.MoreFollow = true;
        world.AllAsk(world.Clients(60));
        world.AllAsk(world.Clients(60));
        Assert.Equal(before, Sends(world));
        world.MoreFollow = false;
        world.AllAsk(world.Clients(60)[..1]);
        Assert.Equal(before.Select(sends => sends + 1), Sends(world));
    }

    [Fact]
    public void The_answers_of_one_read_leave_in_one_batch()
    {
        var world = new World().With(5301);
        world.AllAsk(world.Clients(50));
        world.Settle();
        Assert.Equal(50, world.Outcomes[Outcome.Answered]);
        Assert.Equal(1, world.Replies.Batches);
    }

    [Fact]
    public void Queries_of_one_client_keep_their_order()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1");
        for (var id = 0; id < 500; id++)
            client.Asks(id);
        world.Settle();
        Assert.Equal(
            Enumerable.Range(0, 500),
            world.Backend(5301).Queries.Select(q => Message.IdOf(q.Data)));
    }

    [Fact]
    public void The_frame_says_who_asked()
    {
        var world = new World().With(5301);
        world.Client("10.77.77.5", 5353).Asks();
        world.Settle();
        Assert.Equal("10.77.77.5:5353", $"{world.Backend(5301).Queries.Single().Client}");
    }

    [Fact]
    public void That_nothing_carries_is_told_at_once_and_then_at_most_once_in_five_seconds()
    {
        var world = new World();
        world.Run(1.Seconds());
        for (var i = 0; i < 200; i++)
        {
            world.Client("10.0.0.1").Asks();
            world.Run(100.Milliseconds());
        }
        var told = world.FactsOf<BalancerEvent.NoBackends>().Select(fact => fact.At).ToArray();
        Assert.Equal(1.Seconds(), told[0]);
        Assert.InRange(told.Length, 4, 5);
        Assert.All(
            told.Zip(told.Skip(1), (a, b) => b - a),
            gap => Assert.InRange(gap, 5.Seconds(), 5.Seconds() + 200.Milliseconds()));
        world.Run(world.Options.ParkPatience);
        Assert.Equal(200, world.Outcomes[Outcome.NoBackend]);
    }

    static int[] Sends(World world) =>
        [.. Enumerable.Range(5301, 3).Select(id => world.Backend(id).Link.Sends)];
}
