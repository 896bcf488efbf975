using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Remotes;

// Whose a remote is, with backups by rendezvous (S1 to S7 by default).
public class StickyTests
{
    [Fact]
    public void Newcomers_are_dealt_out_in_turn_by_number()
    {
        var world = new World().With(5303, 5301, 5302);
        Assert.Equal(
            [5301, 5302, 5303, 5301, 5302, 5303, 5301], world.ServersOf(world.Clients(7)));
    }

    [Fact]
    public void Newcomers_of_one_burst_are_dealt_out_one_by_one()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(64);
        var servers = world.ServersOf(clients);
        Assert.Equal(32, servers.Count(server => server == 5301));
        Assert.Single(
            world.FactsOf<BalancerEvent.RemoteNew>().GroupBy(fact => fact.At));
    }

    [Fact]
    public void A_remote_is_an_address_whatever_its_port()
    {
        var world = new World().With(5301, 5302);
        world.Client("10.0.0.1", 4000).IsServedBy(5301);
        world.Client("10.0.0.1", 4001).IsServedBy(5301);
        Assert.Equal(1, world.Control.Remotes.Count);
    }

    [Fact]
    public void One_address_twice_in_a_burst_of_strangers_is_one_remote()
    {
        var world = new World().With(5301, 5302);
        var (a, b) = (world.Client("10.0.0.1", 4000), world.Client("10.0.0.1", 4001));
        Assert.Equal([5301, 5301], world.ServersOf([a, b]));
        Assert.Single(world.FactsOf<BalancerEvent.RemoteNew>());
    }

    [Fact]
    public void A_remote_keeps_its_backend_when_others_come_and_go()
    {
        var world = new World().With(5302, 5304);
        var clients = world.Clients(4);
        var servers = world.ServersOf(clients);
        world.With(5301, 5303, 5305);
        Assert.Equal(servers, world.ServersOf(clients));
        world.Backend(5301).Dies();
        world.Backend(5303).Dies();
        world.Settle();
        Assert.Equal(servers, world.ServersOf(clients));
    }

    [Fact]
    public void Backends_that_cannot_carry_are_left_out_of_the_turn()
    {
        var world = new World().With(5301, 5302, 5303);
        world.Backend(5302).Dies();
        world.Settle();
        Assert.Equal([5301, 5303, 5301, 5303], world.ServersOf(world.Clients(4)));
    }

    [Fact]
    public void While_its_primary_is_down_a_remote_is_served_by_one_and_the_same_other()
    {
        var world = new World().With(5301, 5302, 5303);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Dies();
        world.Settle();
        var backup = world.ServersOf([client])[0];
        Assert.NotEqual(5301, backup);
        for (var i = 0; i < 20; i++)
            client.IsServedBy(backup, "a backup is stable");
        Assert.Equal(new BackendId(5301), world.Remote(client)!.Value.Primary);
    }

    [Fact]
    public void It_is_back_with_its_primary_within_a_second_of_its_new_socket()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Dies();
        world.Settle();
        client.IsServedBy(5302);
        world.Backend(5301).Recreates();
        world.Run(15.Milliseconds());
        client.IsServedBy(5302, "its primary is held down");
        world.Run(900.Milliseconds());
        client.IsServedBy(5301, "its primary is back");
    }

    [Fact]
    public void Those_of_a_dead_backend_spread_evenly_over_the_others_and_nobody_else_moves()
    {
        var world = new World().With(5301, 5302, 5303, 5304, 5305);
        var clients = world.Clients(5_000);
        var before = world.ServersOf(clients);
        world.Backend(5301).Dies();
        world.Settle();
        var after = world.ServersOf(clients);

        var moved = after.Where((_, i) => before[i] == 5301).ToArray();
        Assert.Equal(1_000, moved.Length);
        Assert.All(
            moved.GroupBy(server => server), share => Assert.InRange(share.Count(), 200, 300));
        Assert.DoesNotContain(
            Enumerable.Range(0, clients.Length), i => before[i] != 5301 && before[i] != after[i]);
    }

    [Fact]
    public void A_death_changes_no_remote()
    {
        var world = new World().With(5301, 5302);
        world.ServersOf(world.Clients(100));
        var changesets = 0;
        using var counting = world.Control.Remotes.Connect().Subscribe(_ => changesets++);
        Assert.Equal(1, changesets);
        world.Backend(5301).Dies();
        world.Settle();
        world.ServersOf(world.Clients(100));
        Assert.Equal(1, changesets);
    }

    [Fact]
    public void When_nothing_carries_nobody_is_served_and_strangers_are_not_remembered()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Dies();
        world.Settle();
        client.IsNotServed();
        world.Client("10.0.0.2").IsNotServed();
        Assert.Equal(1, world.Control.Remotes.Count);
        world.Run(world.Options.ParkPatience);
        Assert.Equal(2, world.Outcomes[Balancer.Rx.Forwarding.Outcome.NoBackend]);
    }

    [Fact]
    public void A_backend_that_comes_back_under_its_name_has_its_remotes_again()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(10);
        var before = world.ServersOf(clients);
        world.Backend(5302).Vanishes();
        world.Backend(5302).Dies();
        world.Run(1.Seconds());
        Assert.Null(world.Session(5302));
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5301, server));
        world.Backend(5302).Appears();
        world.Run(50.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5302));
        Assert.Equal(before, world.ServersOf(clients));
    }
}
