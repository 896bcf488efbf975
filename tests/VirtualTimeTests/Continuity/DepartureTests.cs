using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Continuity;

// A backend that leaves gets no new queries, and finishes what it owes.
public class DepartureTests
{
    [Fact]
    public void From_the_unlink_of_its_socket_on_others_serve_its_remotes()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = 50.Milliseconds();
        world.With(5301, 5302);
        var client = world.Client("10.0.0.1").Asks(1);
        world.Settle();
        world.Backend(5301).Vanishes();
        world.Run(15.Milliseconds());
        client.IsServedBy(5302, "its primary leaves");
        world.Run(200.Milliseconds());
        Assert.Equal([5302, 5301], client.AnsweredBy);
        Assert.Equal(
            LeavingBecause.SocketGone, world.Last<BalancerEvent.BackendLeaving>().Reason);
        Assert.Single(world.FactsOf<BalancerEvent.BackendDrained>());

        world.Backend(5301).Dies();
        world.Settle();
        Assert.Null(world.Session(5301));
        Assert.Equal(0, world.Outcomes.Replayed);
    }

    [Fact]
    public void A_backend_that_unlinks_and_exits_at_once_loses_nothing()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = 50.Milliseconds();
        world.With(5301, 5302);
        var client = world.Client("10.0.0.1").Asks(1).Asks(2);
        world.Settle();
        world.Backend(5301).Vanishes();
        world.Backend(5301).Dies();
        world.Run(25.Milliseconds());
        Assert.Equal([5302, 5302], client.AnsweredBy);
    }

    [Fact]
    public void When_its_socket_is_made_anew_and_it_owes_nothing_the_new_process_is_connected_to()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = 500.Milliseconds();
        world.With(5301, 5302);
        var client = world.Client("10.0.0.1").Asks(1);
        world.Settle();
        world.Backend(5301).Recreates();
        world.Run(450.Milliseconds());
        Assert.Single(world.Backend(5301).Links);
        world.Run(300.Milliseconds());
        client.WasAnsweredBy(5301);
        Assert.Equal(2, world.Backend(5301).Links.Count);
        Assert.False(Assert.IsType<Session.Live>(world.Session(5301)).Superseded);
        Assert.Single(world.FactsOf<BalancerEvent.BackendReplaced>());
        Assert.Empty(world.FactsOf<BalancerEvent.BackendFaulted>());
    }

    [Fact]
    public void It_is_left_after_five_seconds_whatever_it_owes()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301, 5302);
        var client = world.Client("10.0.0.1");
        world.Backend(5301).Recreates();
        world.Run(20.Milliseconds());
        Assert.Single(world.Backend(5301).Links);
        client.Asks(1);
        world.Run(6.Seconds());
        Assert.Equal(2, world.Backend(5301).Links.Count);
    }

    [Fact]
    public void W14_A_drained_backend_gets_nothing_until_it_is_enabled_again()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(50);
        var before = world.ServersOf(clients);
        world.Commands(new BackendCommand.Drain(new(5301)));
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5302, server));
        Assert.Equal(
            LeavingBecause.Ordered, world.Last<BalancerEvent.BackendLeaving>().Reason);
        world.Run(200.Milliseconds());
        Assert.Single(world.FactsOf<BalancerEvent.BackendDrained>());

        world.Commands(new BackendCommand.Enable(new(5301)));
        Assert.Equal(before, world.ServersOf(clients));
        Assert.Single(world.FactsOf<BalancerEvent.BackendStays>());
    }

    [Fact]
    public void An_order_to_leave_outlives_the_session()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(50);
        world.Commands(new BackendCommand.Drain(new(5301)));
        world.Backend(5301).Dies();
        world.Settle();
        world.Backend(5301).Recreates();
        world.Run(2.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5302, server));
    }

    [Fact]
    public void Progress_is_told_once_a_second()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = 3.Seconds() + 50.Milliseconds();
        world.With(5301, 5302);
        world.Client("10.0.0.1").Asks(1).Asks(2);
        world.Settle();
        world.Commands(new BackendCommand.Drain(new(5301)));
        world.Run(5.Seconds());
        Assert.Equal(
            [2, 2, 2], world.FactsOf<BalancerEvent.BackendOwes>().Select(o => o.Fact.Answers));
        Assert.InRange(
            world.Last<BalancerEvent.BackendDrained>().After, 3.Seconds(), 3200.Milliseconds());
    }

    [Fact]
    public void The_last_one_goes_on_serving_although_it_is_to_leave()
    {
        var world = new World().With(5301);
        world.Commands(new BackendCommand.Drain(new(5301)));
        world.Client("10.0.0.1").IsServedBy(5301, "there is nobody else");
    }

    [Fact]
    public void Newcomers_are_not_dealt_to_one_that_leaves()
    {
        var world = new World().With(5301, 5302);
        world.Commands(new BackendCommand.Drain(new(5301)));
        world.ServersOf(world.Clients(10));
        Assert.Equal(0, world.Control.Routes.RemotesOf(new(5301)));
    }

    [Fact]
    public void A_command_that_names_nobody_is_refused()
    {
        var world = new World().With(5301);
        world.Commands(new BackendCommand.Drain(new(5399)));
        Assert.Equal(new BackendId(5399), world.Last<BalancerEvent.CommandRefused>().Id);
        Assert.Empty(world.FactsOf<BalancerEvent.BackendLeaving>());
    }

    [Fact]
    public void A_rolling_replacement_of_all_loses_nothing()
    {
        var world = new World();
        int[] ids = [5301, 5302, 5303, 5304];
        foreach (var id in ids)
            world.Backend(id).AnswerAfter = 5.Milliseconds();
        world.With(ids);
        var clients = world.Clients(40);
        var asked = 0;
        foreach (var id in ids)
        {
            world.Backend(id).Vanishes();
            Ask(20);
            world.Backend(id).Dies();
            Ask(50);
            world.Backend(id).Appears();
            Ask(100);
        }
        world.Run(100.Milliseconds());
        Assert.All(clients, client => Assert.Equal(asked, client.Answers.Count));

        void Ask(int times)
        {
            for (var i = 0; i < times; i++, asked++)
            {
                world.AllAsk(clients);
                world.Run(2.Milliseconds());
            }
        }
    }

    [Fact]
    public void Unlinking_had_no_effect_on_the_original() // B8
    {
        var world = World.Compat().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Vanishes();
        world.Run(10.Seconds());
        client.IsServedBy(5301);
    }
}
