using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

// The original's rebalance, on request: by head-count, the lowest addresses first (S10, M23).
public class CompatRebalanceTests
{
    [Fact]
    public void The_lowest_addresses_of_the_fullest_are_taken_and_dealt_out_again()
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
    public void One_backend_is_looked_at_a_time_the_lowest_number_first()
    {
        var world = World.Compat().With(5301, 5302);
        world.ServersOf(world.Clients(40));
        world.Backend(5303).Appears();
        world.Run(15.Seconds());
        Assert.Equal(17, Moves(world).Length);
        Assert.All(Moves(world), move => Assert.Equal(1u, move.Client.Value & 1));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(3, 1)]
    public void Nothing_is_moved_while_the_lead_is_within_the_number_of_backends(
        int remotes, int moves)
    {
        var world = World.Compat().With(5301);
        world.ServersOf(world.Clients(remotes));
        world.Backend(5302).Appears();
        world.Run(15.Seconds());
        Assert.Equal(moves, Moves(world).Length);
    }

    static BalancerEvent.RemoteAssigned[] Moves(World world) =>
        [.. world.FactsOf<BalancerEvent.RemoteAssigned>()
            .Select(fact => fact.Fact)
            .Where(fact => fact.Reason == AssignedBecause.Rebalanced)];
}
