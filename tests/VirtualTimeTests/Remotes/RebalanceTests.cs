using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

// Evening out when backends join: the fewest moves by default, the original's on request (S10,
// W12).
public class RebalanceTests
{
    [Fact]
    public void A_32nd_backend_beside_31_of_1000_remotes_moves_at_most_970_and_all_are_even()
    {
        var world = new World();
        var ids = Enumerable.Range(5301, 31).ToArray();
        foreach (var id in ids)
            world.Backend(id).AnswerAfter = null;
        world.With(ids);
        world.AllAsk(world.Clients(31_000));
        Assert.All(ids, id => Assert.Equal(1_000, RemotesOf(world, id)));

        world.With(5332);
        world.Run(15.Seconds());
        var moves = Moves(world).Length;
        Assert.InRange(moves, 1, 970);
        Assert.All([.. ids, 5332], id => Assert.InRange(RemotesOf(world, id), 968, 969));

        world.Run(1.Minutes());
        Assert.Equal(moves, Moves(world).Length);
        Assert.Equal(moves, world.FactsOf<BalancerEvent.SpreadMeasured>().Max(f => f.Fact.Moved));
    }

    [Fact]
    public void Remotes_move_straight_to_the_newcomer_and_are_served_by_it()
    {
        var world = new World().With(5301);
        var clients = world.Clients(100);
        world.ServersOf(clients);
        world.With(5302);
        world.Run(15.Seconds());
        Assert.Equal(50, world.ServersOf(clients).Count(server => server == 5302));
        Assert.All(Moves(world), move => Assert.Equal(new BackendId(5302), move.Backend));
    }

    [Fact]
    public void Not_always_the_lowest_addresses_are_moved()
    {
        var world = new World().With(5301);
        var clients = world.Clients(100);
        world.ServersOf(clients);
        world.With(5302);
        world.Run(15.Seconds());
        var lowest = clients[..50].Select(client => client.Endpoint.Address).ToHashSet();
        Assert.InRange(Moves(world).Count(move => lowest.Contains(move.Client)), 10, 40);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public void Nothing_is_moved_while_the_lead_is_within_the_number_of_backends(
        int remotes, int moves)
    {
        var world = new World().With(5301);
        world.ServersOf(world.Clients(remotes));
        world.With(5302);
        world.Run(1.Minutes());
        Assert.Equal(moves, Moves(world).Length);
    }

    [Fact]
    public void A_sweep_moves_a_bounded_share_and_the_next_one_the_rest()
    {
        var world = new World(BalancerOptions.Default with { SweepShare = 30 }).With(5301);
        world.ServersOf(world.Clients(100));
        world.With(5302);
        world.Run(15.Seconds());
        Assert.Equal(30, Moves(world).Length);
        world.Run(15.Seconds());
        Assert.Equal((50, 50), (RemotesOf(world, 5301), RemotesOf(world, 5302)));
    }

    [Fact]
    public void Those_of_a_forgotten_backend_are_given_to_whoever_serves_them_already()
    {
        var world = new World().With(5301, 5302, 5303);
        var clients = world.Clients(300);
        world.ServersOf(clients);
        world.Backend(5303).Vanishes();
        world.Backend(5303).Dies();
        world.Settle();
        var servers = world.ServersOf(clients);
        Assert.Equal(100, RemotesOf(world, 5303));

        world.Run(15.Seconds());
        Assert.Equal(0, RemotesOf(world, 5303));
        Assert.Equal(servers, world.ServersOf(clients));
        Assert.Equal(servers, clients.Select(client => world.Remote(client)!.Value.Primary.Value));
        Assert.Empty(Moves(world));
    }

    [Fact]
    public void Those_of_a_backend_that_is_only_down_are_left_to_it()
    {
        var world = new World().With(5301, 5302, 5303);
        world.ServersOf(world.Clients(300));
        world.Backend(5303).Dies();
        world.Run(1.Minutes());
        Assert.Equal(100, RemotesOf(world, 5303));
    }

    [Fact]
    public void The_original_takes_the_lowest_addresses_of_the_fullest_and_deals_them_out_again()
    {
        var world = World.Compat().With(5301);
        var clients = world.Clients(10);
        world.ServersOf(clients);
        world.Backend(5302).Appears();
        world.Run(15.Seconds());

        // The lead is 10 and there are 2 backends: 8 are cleared, and go out in turn.
        var moves = Moves(world);
        Assert.Equal(
            clients[..8].Select(client => client.Endpoint.Address), moves.Select(m => m.Client));
        Assert.Equal(
            [5302, 5301, 5302, 5301, 5302, 5301, 5302, 5301], moves.Select(m => m.Backend.Value));
        world.Run(1.Minutes());
        Assert.Equal(8, Moves(world).Length);
    }

    [Fact]
    public void The_original_looks_at_one_backend_a_time_the_lowest_number_first()
    {
        var world = World.Compat().With(5301, 5302);
        world.ServersOf(world.Clients(40));
        world.Backend(5303).Appears();
        world.Run(15.Seconds());
        Assert.Equal(17, Moves(world).Length);
        Assert.All(Moves(world), move => Assert.Equal(1u, move.Client.Value & 1));
    }

    static int RemotesOf(World world, int id) => world.Control.Routes.RemotesOf(new(id));

    static BalancerEvent.RemoteAssigned[] Moves(World world) =>
        [.. world.FactsOf<BalancerEvent.RemoteAssigned>()
            .Select(fact => fact.Fact)
            .Where(fact => fact.Reason == AssignedBecause.Rebalanced)];
}
