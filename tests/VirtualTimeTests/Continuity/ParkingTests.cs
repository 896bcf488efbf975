using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Continuity;

// All backends gone for a moment need not lose a question.
public class ParkingTests
{
    [Fact]
    public void What_comes_while_all_are_gone_for_300_ms_is_answered()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(20);
        world.ServersOf(clients);
        world.Backend(5301).Dies();
        world.Backend(5302).Dies();
        for (var i = 0; i < 30; i++)
        {
            world.AllAsk(clients);
            world.Run(10.Milliseconds());
        }
        world.Backend(5301).Recreates();
        world.Backend(5302).Recreates();
        world.Run(50.Milliseconds());
        Assert.All(clients, client => Assert.Equal(31, client.Answers.Count));
        Assert.Equal(0, world.Control.Data.Parked);
    }

    [Fact]
    public void What_the_last_backend_owed_waits_too()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301);
        var client = world.Client("10.0.0.1").Asks(1).Asks(2);
        world.Settle();
        world.Backend(5301).Dies();
        world.Settle();
        Assert.Equal(2, world.Control.Data.Parked);
        world.Backend(5301).AnswerAfter = TimeSpan.Zero;
        world.Backend(5301).Recreates();
        world.Run(50.Milliseconds());
        Assert.Equal([1, 2], client.Answers.Select(a => Message.IdOf(a.Payload)));
    }

    [Fact]
    public void A_stranger_may_wait_and_is_remembered_when_it_is_served()
    {
        var world = new World();
        var client = world.Client("10.0.0.1").Asks();
        world.Run(100.Milliseconds());
        Assert.Equal(0, world.Control.Remotes.Count);
        world.With(5301);
        client.WasAnsweredBy(5301);
        Assert.Equal(1, world.Control.Remotes.Count);
    }

    [Fact]
    public void Nobody_waits_longer_than_its_patience()
    {
        var world = new World();
        world.Client("10.0.0.1").Asks();
        world.Run(100.Milliseconds());
        world.Client("10.0.0.2").Asks();
        world.Run(399.Milliseconds());
        Assert.Equal(2, world.Control.Data.Parked);
        world.Run(2.Milliseconds());
        Assert.Equal((1, 1), (world.Control.Data.Parked, world.Outcomes[Outcome.NoBackend]));
        world.Run(100.Milliseconds());
        Assert.Equal((0, 2), (world.Control.Data.Parked, world.Outcomes[Outcome.NoBackend]));
        world.IsOver();
    }

    [Fact]
    public void No_more_than_the_limit_wait()
    {
        var world = new World(BalancerOptions.Default with { MaxParked = 10 });
        world.AllAsk(world.Clients(25));
        Assert.Equal((10, 15), (world.Control.Data.Parked, world.Outcomes[Outcome.NoBackend]));
    }

    [Fact]
    public void No_more_bytes_than_the_limit_wait()
    {
        var world = new World(BalancerOptions.Default with { MaxParkedBytes = 3_000 });
        var query = new byte[1_000];
        Message.Question(1).CopyTo(query, 0);
        for (var i = 0; i < 5; i++)
            world.Client("10.0.0.1").Sends(query);
        Assert.Equal((3, 2), (world.Control.Data.Parked, world.Outcomes[Outcome.NoBackend]));
    }

    [Theory]
    [InlineData(WhenEmpty.ServFail, 2)]
    [InlineData(WhenEmpty.Refused, 5)]
    public void Who_has_waited_in_vain_may_be_told_so(WhenEmpty policy, int rcode)
    {
        var world = new World(BalancerOptions.Default with { WhenEmpty = policy });
        var client = world.Client("10.0.0.1").Asks(7).Asks(7).Asks(8);
        world.Run(world.Options.ParkPatience + 1.Milliseconds());
        Assert.All(client.Answers, answer => Assert.Equal(rcode, answer.Payload[3] & 0xF));
        Assert.Equal([7, 7, 8], client.Answers.Select(a => Message.IdOf(a.Payload)));
        Assert.Equal(3, world.Outcomes[Outcome.NoBackendTold]);
    }

    [Fact]
    public void Those_who_wait_at_the_end_are_lost_and_counted()
    {
        var world = new World();
        world.AllAsk(world.Clients(3));
        world.IsOver();
        Assert.Equal(3, world.Outcomes[Outcome.Lost]);
    }

    [Fact]
    public void A_stop_waits_for_them()
    {
        var world = new World();
        var client = world.Client("10.0.0.1").Asks();
        var over = false;
        using var stop = world.Control.Stop().Subscribe(_ => over = true);
        world.Run(50.Milliseconds());
        Assert.False(over);
        world.With(5301);
        client.WasAnsweredBy(5301);
        world.Run(10.Milliseconds());
        Assert.True(over);
    }

    [Fact]
    public void The_original_dropped_them()
    {
        var world = World.Compat();
        world.Client("10.0.0.1").Asks();
        Assert.Equal(1, world.Outcomes[Outcome.NoBackend]);
    }
}
