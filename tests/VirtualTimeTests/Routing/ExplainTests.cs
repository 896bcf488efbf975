using Balancer.Rx;
using Balancer.Rx.Routing;

namespace Balancer.VirtualTimeTests.Routing;

// Which rule serves a client, as the routes themselves say it.
public class ExplainTests
{
    [Fact]
    public void A_client_is_served_by_its_primary_while_that_carries()
    {
        var (world, client) = Known(5301, 5302, 5303);
        Says(world, client, RouteBecause.Primary, 5301);
    }

    [Fact]
    public void While_its_primary_is_down_by_the_one_that_was_foretold()
    {
        var (world, client) = Known(5301, 5302, 5303);
        var next = Next(world, client, 5301);
        world.Backend(5301).Dies();
        world.Settle();
        Says(world, client, RouteBecause.PrimaryDown, next);
        client.IsServedBy(next);
    }

    [Fact]
    public void While_its_primary_is_drained_it_is_given_nobody()
    {
        var (world, client) = Known(5301, 5302, 5303);
        var next = Next(world, client, 5301);
        world.Commands(new BackendCommand.Drain(new(5301)));
        Says(world, client, RouteBecause.PrimaryGivenNone, next);
        var session = world.Control.Sessions.Lookup(new(5301)).Value;
        Assert.Equal(LeavingBecause.Ordered, session.Leaving);
    }

    [Fact]
    public void While_its_primary_warms_up_it_depends_on_the_part_it_is_in()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(200);
        world.ServersOf(clients);
        world.Backend(5301).Dies();
        world.Settle();
        world.Backend(5301).Recreates();
        var seen = new HashSet<RouteBecause>();
        for (var i = 0; i < 1_000; i++)
        {
            world.Settle();
            foreach (var client in clients.Where(
                client => world.Remote(client)!.Value.Primary.Value == 5301))
            {
                var route = Route(world, client);
                seen.Add(route.Because);
                if (route.Because == RouteBecause.NotInPart)
                    Assert.InRange(route.Parts, 1, 15);
            }
        }
        Assert.Equal(
            [RouteBecause.Primary, RouteBecause.PrimaryDown, RouteBecause.PrimaryGivenNone,
                RouteBecause.NotInPart],
            seen.Order());
    }

    [Fact]
    public void A_stored_backup_says_that_it_is_one()
    {
        var world = World.Compat().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Dies();
        world.Settle();
        Assert.Equal(RouteBecause.NobodyCarries, Route(world, client).Because);
        client.IsServedBy(5302);
        Says(world, client, RouteBecause.StoredBackup, 5302);
    }

    [Fact]
    public void A_stranger_would_be_dealt_to_whoever_is_next_in_turn_and_is()
    {
        var world = new World().With(5301, 5302, 5303);
        world.ServersOf(world.Clients(4));
        var stranger = world.Client("10.9.9.9");
        Assert.Equal(
            (new BackendId(5302), AssignedBecause.Newcomer),
            world.Control.Remotes.WouldAdmit(stranger.Endpoint.Address));
        Assert.Equal(RouteBecause.Stranger, Route(world, stranger).Because);
        stranger.IsServedBy(5302);
    }

    [Fact]
    public void A_stranger_for_whom_there_is_no_place_is_served_by_the_one_that_is_foretold()
    {
        var world = new World(BalancerOptions.Default with
        {
            MaxRemotes = 2,
            DisplacedPerSecond = 0,
        }).With(5301, 5302, 5303);
        world.ServersOf(world.Clients(2));
        var stranger = world.Client("10.9.9.9");
        Assert.Null(world.Control.Remotes.WouldAdmit(stranger.Endpoint.Address));
        var foretold = Route(world, stranger).ServedBy!.Value.Value;
        stranger.IsServedBy(foretold);
    }

    [Fact]
    public void A_stranger_for_whom_another_would_give_way_is_told_whose_turn_it_is()
    {
        var world = new World(BalancerOptions.Default with { MaxRemotes = 2 })
            .With(5301, 5302, 5303);
        world.ServersOf(world.Clients(2));
        var stranger = world.Client("10.9.9.9");
        Assert.Equal(
            (new BackendId(5303), AssignedBecause.Newcomer),
            world.Control.Remotes.WouldAdmit(stranger.Endpoint.Address));
        stranger.IsServedBy(5303);
    }

    [Fact]
    public void Why_and_since_when_a_client_has_its_primary_is_kept_with_it()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        Is(AssignedBecause.Newcomer, TimeSpan.Zero);
        world.Run(3.Seconds());
        world.Commands(new BackendCommand.Move(client.Endpoint.Address, new(5302)));
        Is(AssignedBecause.Moved, 3.Seconds());
        world.Run(1.Seconds());
        world.Commands(new BackendCommand.Pin(client.Endpoint.Address, new(5301)));
        Is(AssignedBecause.Pinned, 4.Seconds());
        world.Run(1.Seconds());
        world.Backend(5301).Dies();
        world.Settle();
        Is(AssignedBecause.Pinned, 4.Seconds());

        void Is(AssignedBecause because, TimeSpan since)
        {
            var remote = world.Remote(client)!.Value;
            Assert.Equal(because, remote.Because);
            Assert.InRange(
                remote.Since - World.Dawn - since, TimeSpan.Zero, 100.Milliseconds());
        }
    }

    static (World World, SimulatedClient Client) Known(params int[] ids)
    {
        var world = new World().With(ids);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(ids[0]);
        return (world, client);
    }

    static Route Route(World world, SimulatedClient client) =>
        world.Control.Routes.RouteOf(client.Endpoint.Address);

    static int Next(World world, SimulatedClient client, int without) =>
        world.Control.Routes.ServedWithout(client.Endpoint.Address, new(without))!.Value.Value;

    static void Says(World world, SimulatedClient client, RouteBecause because, int servedBy)
    {
        var route = Route(world, client);
        Assert.Equal((because, servedBy), (route.Because, route.ServedBy!.Value.Value));
        client.IsServedBy(servedBy, "the routes say so");
    }
}
