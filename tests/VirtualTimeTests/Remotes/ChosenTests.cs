using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Routing;
using Balancer.VirtualTimeTests.Recordings;

namespace Balancer.VirtualTimeTests.Remotes;

// Clients whose backend is chosen by rendezvous (B6): the same everywhere, and remembered nowhere.
public class ChosenTests
{
    static readonly BalancerOptions Chosen = BalancerOptions.Default with
    {
        Affinity = AffinityPolicy.Rendezvous,
        RingBytes = 1 << 20,
    };

    [Fact]
    public void Two_hosts_choose_alike_whatever_came_first_and_whatever_was_drawn_by_lot()
    {
        var one = new World(Chosen with { Seed = 1, HashSeed = 2 }).With(5301, 5302, 5303);
        var other = new World(Chosen with { Seed = 3, HashSeed = 4 }).With(5303);
        other.Run(1.Minutes());
        other.ServersOf([.. other.Clients(200).Reverse()]);
        other.With(5301);
        other.With(5302);
        other.Run(1.Seconds());
        Assert.Equal(one.ServersOf(one.Clients(500)), other.ServersOf(other.Clients(500)));
    }

    [Fact]
    public void A_client_for_whom_there_is_no_place_is_served_as_if_there_were()
    {
        var all = new World(Chosen).With(5301, 5302, 5303);
        var few = new World(Chosen with { MaxRemotes = 1, DisplacedPerSecond = 0 })
            .With(5301, 5302, 5303);
        Assert.Equal(all.ServersOf(all.Clients(100)), few.ServersOf(few.Clients(100)));
        Assert.Equal(1, few.Control.Remotes.Count);
        // Of one that warms up, too, strangers get the part that remotes get.
        foreach (var world in new[] { all, few })
        {
            world.Backend(5301).Dies();
            world.Settle();
            world.Backend(5301).Recreates();
            world.Run(450.Milliseconds());
            Assert.InRange(world.Control.Routes.PartsOf(new(5301)), 1, 15);
        }
        Assert.Equal(all.ServersOf(all.Clients(100)), few.ServersOf(few.Clients(100)));
    }

    [Fact]
    public void When_a_backend_comes_its_share_of_the_clients_goes_to_it_and_nobody_else_moves()
    {
        var world = new World(Chosen).With(5301, 5302, 5303);
        var clients = world.Clients(3_000);
        var before = world.ServersOf(clients);
        world.With(5304);
        var after = world.ServersOf(clients);
        Assert.All(before.Zip(after), pair =>
            Assert.True(pair.Second == pair.First || pair.Second == 5304));
        Assert.InRange(after.Count(server => server == 5304), 750 - 120, 750 + 120);
        Primaries(world, clients, after);
    }

    [Fact]
    public void While_it_is_connected_to_they_are_served_where_they_were()
    {
        var world = new World(Chosen).With(5301, 5302);
        var clients = world.Clients(300);
        var before = world.ServersOf(clients);
        world.Backend(5303).HelloAfter = 5.Seconds();
        world.Backend(5303).Appears();
        world.Run(3.Seconds());
        Assert.Contains(clients, client => world.Remote(client)!.Value.Primary.Value == 5303);
        Assert.Equal(before, world.ServersOf(clients));
        world.Run(3.Seconds());
        Assert.Contains(5303, world.ServersOf(clients));
    }

    [Fact]
    public void When_one_goes_only_its_clients_move_and_are_back_when_it_is()
    {
        var world = new World(Chosen).With(5301, 5302, 5303);
        var clients = world.Clients(300);
        var before = world.ServersOf(clients);
        world.Backend(5302).Vanishes();
        world.Backend(5302).Dies();
        world.Run(1.Seconds());
        Assert.Null(world.Session(5302));
        var without = world.ServersOf(clients);
        Assert.All(before.Zip(without), pair => Assert.True(
            pair.First == 5302 ? pair.Second != 5302 : pair.Second == pair.First));
        Primaries(world, clients, without);
        world.With(5302);
        world.Run(1.Seconds());
        Assert.Equal(before, world.ServersOf(clients));
    }

    [Fact]
    public void A_dead_backend_that_exists_keeps_its_clients_and_another_stands_in()
    {
        var world = new World(Chosen).With(5301, 5302, 5303);
        var clients = world.Clients(300);
        var before = world.ServersOf(clients);
        world.Backend(5302).Dies();
        world.Settle();
        var strangers = Enumerable.Range(1, 200)
            .Select(i => world.Client(new ClientAddress(0x0B000000u + (uint)i))).ToArray();
        // Twice in one burst is no reason for anything else.
        world.AllAsk([.. strangers, .. strangers]);
        world.Backend(5302).Listens();
        world.Run(3.Seconds());
        Assert.Equal(before, world.ServersOf(clients));
        var chosen = new World(Chosen).With(5301, 5302, 5303);
        Assert.Equal(
            chosen.ServersOf([.. strangers.Select(s => chosen.Client(s.Endpoint.Address))]),
            world.ServersOf(strangers));
    }

    [Fact]
    public void Nobody_is_moved_for_the_load_and_none_can_be_moved_by_command()
    {
        var crowd = new Crowd(Chosen with { RebalanceTolerance = 0 }, [5301, 5302], 300, 1, 1, 1);
        crowd.AskFor(2.Minutes());
        Assert.Empty(crowd.Moves);
        var client = crowd[0].Endpoint.Address;
        crowd.World.Commands(new BackendCommand.Move(client, new(5302)));
        Assert.Equal(
            new BalancerEvent.CommandRefused(
                new(5302), CommandKind.Move, RefusedBecause.ChosenByWeight, client),
            crowd.World.Last<BalancerEvent.CommandRefused>());
    }

    [Fact]
    public void Who_is_pinned_stays_there_and_goes_home_when_it_is_unpinned()
    {
        var world = new World(Chosen).With(5301, 5302);
        var client = world.Client("10.0.0.1");
        var home = world.ServersOf([client])[0];
        var other = home == 5301 ? 5302 : 5301;
        world.Commands(new BackendCommand.Pin(client.Endpoint.Address, new(other)));
        client.IsServedBy(other);
        world.With(5303, 5304, 5305);
        client.IsServedBy(other, "backends have come, and it is pinned");
        world.Backend(other).Vanishes();
        world.Backend(other).Dies();
        world.Run(1.Seconds());
        Assert.NotEqual(other, world.ServersOf([client])[0]);
        world.With(other);
        world.Run(1.Seconds());
        client.IsServedBy(other, "its pin has an effect again");
        world.Commands(new BackendCommand.Unpin(client.Endpoint.Address));
        var fresh = new World(Chosen).With(5301, 5302, 5303, 5304, 5305);
        Assert.Equal(fresh.ServersOf([fresh.Client("10.0.0.1")]), world.ServersOf([client]));
    }

    [Fact]
    public void A_newcomer_s_share_goes_to_it_by_turns_of_the_loop_and_is_replayed_as_it_went()
    {
        var world = new World(Chosen with { SweepShare = 10 }).With(5301, 5302);
        var clients = world.Clients(200);
        world.ServersOf(clients);
        var tape = Tape.Begin(world.Control)!;
        world.With(5303);
        world.Backend(5301).Vanishes();
        world.Backend(5301).Dies();
        world.Run(2.Seconds());
        Primaries(world, clients, world.ServersOf(clients));
        var moved = world.FactsOf<BalancerEvent.RemoteAssigned>()
            .Where(told => told.Fact.Reason == AssignedBecause.HighestWeight).ToList();
        Assert.InRange(moved.Count, 80, 180);
        var decisions = 0;
        var result = tape.Recording.Replay(_ => decisions++);
        Assert.Null(result.Difference);
        Assert.True(decisions > moved.Count);
    }

    [Fact]
    public void It_is_foretold_who_would_go_to_a_newcomer()
    {
        var world = new World(Chosen).With(5301, 5302, 5303);
        var clients = world.Clients(600);
        world.ServersOf(clients);
        var forecast = world.Control.Routes.Forecast(
            new Supposition.Add(new(5304), Lane: int.MaxValue));
        while (forecast.Walk())
            continue;
        world.With(5304);
        Assert.Equal(
            world.ServersOf(clients).Count(server => server == 5304), forecast.Moved);
        Assert.Equal(forecast.Moved, forecast.Loads[^1].Load.RemotesThen);
    }

    [Fact]
    public void When_nothing_carries_nobody_is_remembered()
    {
        var world = new World(Chosen).With(5301);
        world.Backend(5301).Dies();
        world.Settle();
        world.Client("10.0.0.1").IsNotServed();
        Assert.Equal(0, world.Control.Remotes.Count);
        world.Run(world.Options.ParkPatience);
        Assert.Equal(1, world.Outcomes[Outcome.NoBackend]);
    }

    static void Primaries(World world, SimulatedClient[] clients, int[] servers) => Assert.Equal(
        servers, clients.Select(client => world.Remote(client)!.Value.Primary.Value));
}
