using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Routing;

namespace Balancer.VirtualTimeTests.Remotes;

// Backends that are there for the time when no other can carry (B3).
public class StandbyTests
{
    static readonly BalancerOptions Options = BalancerOptions.Default with
    {
        Standby = new Dictionary<BackendId, int>
        {
            [new(5303)] = 1,
            [new(5304)] = 1,
            [new(5305)] = 2,
        },
    };

    [Fact]
    public void A_standby_gets_nobody_while_one_of_the_others_carries()
    {
        var world = new World(Options).With(5301, 5302, 5303, 5304, 5305);
        var clients = world.Clients(40);
        Assert.Equal([5301, 5302], world.ServersOf(clients).Distinct().Order());
        world.Backend(5301).Dies();
        world.Settle();
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5302, server));
        world.Run(20.Seconds());
        Assert.All(
            [5303, 5304, 5305], id => Assert.Equal(0, world.Control.Routes.RemotesOf(new(id))));
    }

    [Fact]
    public void When_none_of_them_can_those_of_the_lowest_order_carry_and_all_return()
    {
        var world = new World(Options).With(5301, 5302, 5303, 5304, 5305);
        var clients = world.Clients(40);
        var before = world.ServersOf(clients);
        world.Backend(5301).Dies();
        world.Backend(5302).Dies();
        world.Settle();
        Assert.Equal([5303, 5304], world.ServersOf(clients).Distinct().Order());
        world.Backend(5303).Dies();
        world.Settle();
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5304, server));
        world.Backend(5304).Dies();
        world.Settle();
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5305, server));
        world.Backend(5301).Listens();
        world.Backend(5302).Listens();
        world.Run(10.Seconds());
        Assert.Equal(before, world.ServersOf(clients));
    }

    [Fact]
    public void Whoever_comes_meanwhile_is_nobody_s_and_is_dealt_out_when_the_others_are_back()
    {
        var world = new World(Options).With(5301, 5303);
        world.Backend(5301).Dies();
        world.Settle();
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5303);
        Assert.Null(world.Remote(client));
        var route = world.Control.Routes.RouteOf(client.Endpoint.Address);
        Assert.Equal((RouteBecause.Stranger, new BackendId(5303)), (route.Because, route.ServedBy));
        world.Backend(5301).Listens();
        world.Run(5.Seconds());
        client.IsServedBy(5301);
        Assert.Equal(new BackendId(5301), world.Remote(client)!.Value.Primary);
    }

    [Fact]
    public void A_hang_or_a_drain_of_the_last_of_them_is_enough_and_its_return_ends_it()
    {
        var world = new World(Options).With(5301, 5303);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Commands(new BackendCommand.Drain(new(5301)));
        client.IsServedBy(5303);
        world.Commands(new BackendCommand.Enable(new(5301)));
        client.IsServedBy(5301);
        world.Backend(5301).Stalls();
        client.Asks();
        world.Run(2.Seconds());
        client.WasAnsweredBy(5303, "it was asked again there");
        client.IsServedBy(5303);
        world.Backend(5301).Resumes();
        world.Run(5.Seconds());
        client.IsServedBy(5301);
    }

    [Fact]
    public void While_the_last_of_them_warms_up_a_standby_has_the_rest()
    {
        var world = new World(Options with { RingBytes = 1 << 20 }).With(5301, 5303);
        var clients = world.Clients(400);
        world.ServersOf(clients);
        world.Backend(5301).Dies();
        world.Settle();
        world.Backend(5301).Recreates();
        world.Run(360.Milliseconds());
        Assert.InRange(world.Control.Routes.PartsOf(new(5301)), 1, 15);
        Assert.Equal([5301, 5303], world.ServersOf(clients).Distinct().Order());
        world.Run(2.Seconds());
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5301, server));
    }

    [Fact]
    public void Where_only_standbys_exist_they_carry()
    {
        var world = new World(Options).With(5304, 5305);
        var clients = world.Clients(10);
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5304, server));
        Assert.Equal(1, world.Control.Routes.Carrying);
        Assert.Equal(0, world.Control.Remotes.Count);
    }

    [Fact]
    public void Of_distrusted_ones_the_first_in_order_carries()
    {
        var world = new World(Options).With(5301, 5303);
        world.Commands(new BackendCommand.Drain(new(5301)));
        world.Commands(new BackendCommand.Drain(new(5303)));
        world.Client("10.0.0.1").IsServedBy(5301);
    }

    [Fact]
    public void Who_is_pinned_to_a_standby_is_served_by_it_until_it_is_unpinned()
    {
        var world = new World(Options).With(5301, 5303);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Commands(new BackendCommand.Pin(client.Endpoint.Address, new(5303)));
        client.IsServedBy(5303);
        world.Run(20.Seconds());
        client.IsServedBy(5303, "looks at the spread leave it alone");
        world.Commands(new BackendCommand.Unpin(client.Endpoint.Address));
        client.IsServedBy(5301);
    }

    [Fact]
    public void Of_a_backend_that_has_gone_while_only_a_standby_carries_the_clients_find_another()
    {
        var world = new World(Options).With(5301, 5303);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Vanishes();
        world.Backend(5301).Dies();
        world.Run(1.Seconds());
        Assert.Null(world.Session(5301));
        client.IsServedBy(5303);
        world.With(5302);
        client.IsServedBy(5302);
        world.Run(20.Seconds());
        Assert.Equal(new BackendId(5302), world.Remote(client)!.Value.Primary);
    }

    [Fact]
    public void By_rendezvous_clients_are_remembered_while_only_a_standby_carries()
    {
        var world = new World(Options with { Affinity = AffinityPolicy.Rendezvous })
            .With(5301, 5302, 5303);
        world.Backend(5301).Dies();
        world.Backend(5302).Dies();
        world.Settle();
        var clients = world.Clients(20);
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5303, server));
        Assert.Equal(20, world.Control.Remotes.Count);
        world.Backend(5301).Listens();
        world.Backend(5302).Listens();
        world.Run(5.Seconds());
        Assert.Equal([5301, 5302], world.ServersOf(clients).Distinct().Order());
    }
}
