using Balancer.Rx;
using Balancer.Rx.Recording;

namespace Balancer.VirtualTimeTests.Handover;

// A balancer takes the place of another: nobody notices.
public class HandoverTests
{
    [Fact]
    public void Every_client_stays_on_its_backend()
    {
        var former = new World().With(5301, 5302, 5303);
        var clients = former.Clients(100);
        var servers = former.ServersOf(clients);
        var heir = former.IsSucceeded(5301, 5302, 5303);
        Assert.Equal(servers, heir.ServersOf(clients.In(heir)));
        Assert.Equal(100, heir.Control.Remotes.Count);
        Assert.Empty(heir.FactsOf<BalancerEvent.RemoteNew>());
        heir.IsOver();
    }

    [Fact]
    public void The_turn_goes_on_where_it_was()
    {
        var former = new World().With(5301, 5302, 5303);
        former.ServersOf(former.Clients(4));
        var heir = former.IsSucceeded(5301, 5302, 5303);
        heir.Client("10.9.0.1").IsServedBy(5302);
        heir.Client("10.9.0.2").IsServedBy(5303);
    }

    [Fact]
    public void What_changes_between_the_two_halves_is_in_the_second()
    {
        var former = new World().With(5301, 5302);
        var clients = former.Clients(8);
        former.ServersOf(clients);
        var heir = former.Heir(5301, 5302);
        using var bequest = former.Control.Bequeath();
        heir.Takes(bequest.First);

        var late = former.Client("10.9.0.1");
        late.IsServedBy(5301);
        former.Commands(new BackendCommand.Move(clients[0].Endpoint.Address, new(5302)));
        former.Commands(new BackendCommand.Pin(clients[1].Endpoint.Address, new(5301)));
        former.Commands(new BackendCommand.Drain(new(5302)));
        former.Commands(new BackendCommand.Enable(new(5302)));
        former.Commands(new BackendCommand.Drain(new(5301)));
        heir.Takes(bequest.Last());

        late.In(heir).IsServedBy(5302, "5301 is drained");
        heir.Commands(new BackendCommand.Enable(new(5301)));
        late.In(heir).IsServedBy(5301);
        clients[0].In(heir).IsServedBy(5302, "it was moved");
        clients[1].In(heir).IsServedBy(5301, "it was pinned");
    }

    [Fact]
    public void Who_was_forgotten_meanwhile_is_forgotten()
    {
        var options = BalancerOptions.Default with { MaxRemotes = 3 };
        var former = new World(options).With(5301, 5302);
        former.ServersOf(former.Clients(3));
        var heir = former.Heir(5301, 5302);
        using var bequest = former.Control.Bequeath();
        heir.Takes(bequest.First);
        former.Client("10.9.0.1").Asks();
        former.Settle();
        heir.Takes(bequest.Last());
        Assert.Equal(
            former.Control.Remotes.Memory.Remotes.Order(ByAddress),
            heir.Control.Remotes.Memory.Remotes.Order(ByAddress));
        Assert.Equal(1, heir.Control.Remotes.Displaced);
    }

    [Fact]
    public void Pins_hold_for_those_who_have_not_asked_and_end_when_they_would_have()
    {
        var former = new World().With(5301, 5302, 5303);
        var (client, other) = (former.Client("10.0.0.1"), former.Client("10.0.0.2"));
        former.Commands(new BackendCommand.Pin(client.Endpoint.Address, new(5303)));
        former.Commands(
            new BackendCommand.Pin(other.Endpoint.Address, new(5302), 10.Seconds()));
        former.Run(4.Seconds());
        var heir = former.IsSucceeded(5301, 5302, 5303);
        client.In(heir).IsServedBy(5303, "it is pinned");
        other.In(heir).IsServedBy(5302, "it is pinned");
        heir.Run(5.Seconds());
        Assert.Empty(heir.FactsOf<BalancerEvent.RemoteUnpinned>());
        heir.Run(1.Seconds());
        Assert.Equal(
            other.Endpoint.Address, heir.Last<BalancerEvent.RemoteUnpinned>().Client);
    }

    [Fact]
    public void A_drained_backend_is_drained_before_the_first_datagram()
    {
        var former = new World().With(5301, 5302);
        former.Commands(new BackendCommand.Drain(new(5301)));
        var heir = former.Heir(5301, 5302);
        Assert.Equal([new(5302)], heir.Control.Fit);
        using var bequest = former.Control.Bequeath();
        heir.Takes(bequest.First).Takes(bequest.Last());
        Assert.All(heir.ServersOf(heir.Clients(6)), server => Assert.Equal(5302, server));
    }

    [Fact]
    public void A_backend_that_is_held_down_is_held_down_for_as_long_as_it_would_have_been()
    {
        var former = new World().With(5301, 5302);
        var client = former.Client("10.0.0.1");
        client.IsServedBy(5301);
        former.Backend(5301).Dies();
        former.Settle();
        former.Backend(5301).Recreates();
        former.Run(100.Milliseconds());
        client.IsServedBy(5302, "5301 is held down");
        var heir = former.IsSucceeded(5301, 5302);
        client.In(heir).IsServedBy(5302, "it still is");
        heir.Run(10.Seconds());
        client.In(heir).IsServedBy(5301, "it is trusted again");
    }

    [Fact]
    public void Names_keep_numbers_that_they_would_not_be_given_again()
    {
        var former = new World();
        foreach (var name in new[] { "zeta", "alpha" })
        {
            former.Backend(name).Appears();
            former.Run(50.Milliseconds());
        }
        var heir = new World(prospects: former.Control.Prospects, dawn: former.Scheduler.Now);
        heir.Backend("alpha").Appears();
        heir.Backend("zeta").Appears();
        heir.Run(50.Milliseconds());
        Assert.Equal(
            former.Control.Backends.Items.OrderBy(backend => backend.Id),
            heir.Control.Backends.Items.OrderBy(backend => backend.Id));
    }

    [Fact]
    public void An_estate_whose_numbers_are_others_is_refused_and_changes_nothing()
    {
        var former = new World();
        former.Backend("alpha").Appears();
        former.Run(50.Milliseconds());
        former.Client("10.0.0.1").Asks();
        var heir = new World(dawn: former.Scheduler.Now);
        heir.Backend("beta").Appears();
        heir.Run(50.Milliseconds());
        using var bequest = former.Control.Bequeath();
        var refusal = Assert.Throws<TapeException>(() => heir.Takes(bequest.First));
        Assert.Equal(
            "backend alpha is number 1 there, and that is not so here", refusal.Message);
        Assert.Equal(0, heir.Control.Remotes.Count);
    }

    [Fact]
    public void A_recording_of_the_heir_begins_when_all_has_been_taken_over()
    {
        var former = new World().With(5301, 5302);
        former.ServersOf(former.Clients(10));
        var heir = former.Heir(5301, 5302);
        Assert.Null(heir.Control.Checkpoint());
        using var bequest = former.Control.Bequeath();
        heir.Takes(bequest.First);
        Assert.Null(heir.Control.Checkpoint());
        heir.Takes(bequest.Last());
        var tape = Recordings.Tape.Begin(heir.Control);
        heir.ServersOf(heir.Clients(20));
        heir.Backend(5301).Dies();
        heir.Run(20.Seconds());
        var result = tape!.Recording.Replay(_ => { });
        Assert.Null(result.Difference);
        Assert.True(result.Decisions > 10);
    }

    private static readonly Comparer<Rx.Remotes.Remote> ByAddress =
        Comparer<Rx.Remotes.Remote>.Create((one, other) => one.Address.CompareTo(other.Address));
}
