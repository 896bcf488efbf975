using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

// Evening out by traffic (S10, W12, W13), and what is not a reason to move anybody.
public class RebalanceTests
{
    static readonly BalancerOptions Unlimited = BalancerOptions.Default with
    {
        RebalanceBudget = 1,
        RebalanceTolerance = 0,
    };

    [Fact]
    public void W12_A_32nd_backend_beside_31_of_1000_remotes_needs_at_most_970_moves()
    {
        // Each has sent enough for chance to explain little of the lead.
        int[] ids = [.. Enumerable.Range(5301, 31)];
        var world = new World(Unlimited);
        world.With(ids);
        var clients = world.Clients(31_000);
        Known(world, clients, udp: 0);
        world.Run(2.Seconds());
        world.With(5332);
        Known(world, clients, udp: 1_000);
        world.Run(15.Seconds());
        var moves = Moves(world);
        Assert.InRange(moves.Length, 900, 970);
        Assert.All(moves, move => Assert.Equal(new BackendId(5332), move.Backend));
        Assert.All([.. ids, 5332], id =>
            Assert.InRange(world.Control.Routes.RemotesOf(new(id)), 900, 972));
        Assert.Equal(
            moves.Length, world.FactsOf<BalancerEvent.SpreadMeasured>().Max(f => f.Fact.Moved));

        Known(world, clients, udp: 2_000);
        world.Run(1.Minutes());
        Assert.Equal(moves.Length, Moves(world).Length);
    }

    [Fact]
    public void W13_One_heavy_resolver_does_not_drag_1000_quiet_hosts()
    {
        // Dealt in turn: the resolver and 500 hosts here, 500 there.
        int[] appetites = [200, .. Enumerable.Repeat(1, 1_000)];
        var crowd = new Crowd(Unlimited, [5301, 5302], appetites);
        crowd.AskFor(2.Minutes());
        Assert.DoesNotContain(crowd[0].Endpoint.Address, crowd.Moves.Select(move => move.Client));
        Assert.InRange(crowd.Moves.Count, 1, 110);
        Assert.InRange(crowd.LoadOf(5301) - crowd.LoadOf(5302), -100, 100);
    }

    [Fact]
    public void Where_all_is_one_resolver_it_stays_where_it_is()
    {
        var crowd = new Crowd(Unlimited, [5301, 5302], 300, 1);
        crowd.AskFor(2.Minutes());
        Assert.Empty(crowd.Moves);
    }

    [Fact]
    public void Two_heavy_resolvers_on_one_backend_part()
    {
        var crowd = new Crowd(Unlimited, [5301, 5302], 100, 1, 100, 1);
        crowd.AskFor(1.Minutes());
        Assert.Single(crowd.Moves);
        Assert.Equal((100, 102), (crowd.LoadOf(5301), crowd.LoadOf(5302)));
    }

    [Fact]
    public void Whoever_is_moved_is_served_by_the_backend_it_was_moved_to()
    {
        var crowd = Crowd.Of(200, Unlimited);
        crowd.World.With(5302);
        crowd.AskFor(1.Minutes());
        Assert.InRange(crowd.Moves.Count, 60, 100);
        for (var i = 0; i < 200; i++)
            crowd[i].IsServedBy(crowd.World.Remote(crowd[i])!.Value.Primary.Value);
    }

    [Fact]
    public void Of_equal_ones_not_always_the_lowest_addresses_are_moved()
    {
        var crowd = Crowd.Of(200, Unlimited);
        crowd.World.With(5302);
        crowd.AskFor(15.Seconds());
        var middle = crowd[100].Endpoint.Address;
        Assert.InRange(
            crowd.Moves.Count(move => move.Client.CompareTo(middle) < 0),
            crowd.Moves.Count / 4, crowd.Moves.Count * 3 / 4);
    }

    [Fact]
    public void Head_counts_alone_move_nobody()
    {
        // Many remotes on one backend, none on the other, and all of them silent.
        var world = new World(Unlimited).With(5301);
        Known(world, world.Clients(1_000), udp: 0);
        world.Run(16.Seconds());
        world.With(5302);
        world.Run(2.Minutes());
        Assert.Empty(Moves(world));
    }

    [Fact]
    public void Whoever_is_on_probation_is_not_moved()
    {
        var world = new World(Unlimited).With(5301);
        world.AllAsk(world.Clients(1_000));
        world.With(5302);
        world.Run(2.Minutes());
        Assert.Empty(Moves(world));
    }

    [Fact]
    public void What_chance_explains_moves_nobody()
    {
        // 300 and 330 a look: within four times the root of the mean.
        var crowd = new Crowd(Unlimited, [5301, 5302], [.. Enumerable.Repeat(1, 200), 10, 1]);
        crowd.AskFor(3.Minutes());
        Assert.Empty(crowd.Moves);
    }

    [Fact]
    public void A_look_at_a_table_of_many_shares_leaves_nobody_out()
    {
        // 70,000 remotes have 262,144 slots: four shares.
        var world = new World(Unlimited).With(5301);
        var clients = world.Clients(70_000);
        Known(world, clients, udp: 0);
        world.Run(2.Seconds());
        world.With(5302);
        Known(world, clients, udp: 1_000);
        world.Run(15.Seconds());
        Assert.Equal(world.Options.SweepShare, Moves(world).Length);
        var told = Assert.Single(world.FactsOf<BalancerEvent.SpreadMeasured>()).Fact;
        Assert.Equal((70_000_000, 0, 5301), (told.Most, told.Least, told.Fullest.Value));
    }

    [Fact]
    public void W20_Those_of_a_forgotten_backend_are_given_to_whoever_serves_them_already()
    {
        var world = new World().With(5301, 5302, 5303);
        var clients = world.Clients(300);
        world.ServersOf(clients);
        world.Backend(5303).Vanishes();
        world.Backend(5303).Dies();
        world.Settle();
        var servers = world.ServersOf(clients);
        Assert.Equal(100, world.Control.Routes.RemotesOf(new(5303)));

        world.Run(15.Seconds());
        Assert.Equal(0, world.Control.Routes.RemotesOf(new(5303)));
        Assert.Equal(servers, world.ServersOf(clients));
        Assert.Equal(servers, clients.Select(client => world.Remote(client)!.Value.Primary.Value));
        Assert.Empty(Moves(world));
    }

    [Fact]
    public void Those_of_a_backend_that_is_only_down_are_left_to_it()
    {
        var crowd = new Crowd(
            Unlimited, [5301, 5302, 5303], [.. Enumerable.Repeat(2, 300)]);
        crowd.World.Backend(5303).Dies();
        crowd.AskFor(1.Minutes());
        Assert.Equal(100, crowd.RemotesOf(5303));
    }

    // All of these are established remotes, and have sent so many datagrams since they came.
    static void Known(World world, SimulatedClient[] clients, uint udp)
    {
        var routes = world.Control.Routes;
        world.Control.Remotes.Admit([.. clients.Select(client => client.Endpoint.Address)]);
        foreach (var client in clients)
        {
            ref var slot = ref routes.Slot(routes.Find(client.Endpoint.Address.Value));
            (slot.Udp, slot.LastSeen) = (udp, slot.FirstSeen + 1);
        }
    }

    static BalancerEvent.RemoteAssigned[] Moves(World world) =>
        [.. world.FactsOf<BalancerEvent.RemoteAssigned>()
            .Select(fact => fact.Fact)
            .Where(fact => fact.Reason == AssignedBecause.Rebalanced)];
}
