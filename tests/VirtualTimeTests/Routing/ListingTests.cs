using Balancer.Rx;
using Balancer.Rx.Routing;

namespace Balancer.VirtualTimeTests.Routing;

// Who there is: the busiest first, in bounded shares.
public class ListingTests
{
    [Fact]
    public void The_busiest_come_first_and_of_equal_ones_the_lower_address()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(5);
        world.ServersOf(clients);
        world.ServersOf([clients[3], clients[1]]);
        world.ServersOf([clients[3]]);
        Assert.Equal(
            ["10.0.0.4", "10.0.0.2", "10.0.0.1", "10.0.0.3"], Addresses(Listed(world, 4, null)));
    }

    [Fact]
    public void Those_of_a_backend_are_its_own_and_those_it_stands_in_for()
    {
        var world = new World().With(5301, 5302);
        world.ServersOf(world.Clients(6));
        Assert.Equal(
            ["10.0.0.2", "10.0.0.4", "10.0.0.6"], Addresses(Listed(world, 100, 5302)));
        world.Backend(5301).Dies();
        world.Settle();
        Assert.Equal(6, Listed(world, 100, 5302).Count);
        Assert.Equal(3, Listed(world, 100, 5301).Count);
        Assert.All(
            Listed(world, 100, 5301),
            remote => Assert.Equal(new BackendId(5302), remote.ServedBy));
    }

    [Fact]
    public void A_listing_of_a_large_table_is_taken_in_shares_and_leaves_nobody_out()
    {
        var world = new World().With(5301);
        var clients = world.Clients(20_000);
        world.Control.Remotes.Admit([.. clients.Select(client => client.Endpoint.Address)]);
        var listing = world.Control.Routes.List(10_000, null);
        var shares = 1;
        while (listing.Walk())
            shares++;
        Assert.InRange(shares, 4, 64);
        Assert.Equal(
            clients[..10_000].Select(client => client.Endpoint.Address),
            listing.Found.Select(remote => remote.Traffic.Address));
    }

    static IReadOnlyList<ListedRemote> Listed(World world, int count, int? of)
    {
        var listing = world.Control.Routes.List(count, of is { } id ? new BackendId(id) : null);
        while (listing.Walk())
            continue;
        return listing.Found;
    }

    static IEnumerable<string> Addresses(IEnumerable<ListedRemote> remotes) =>
        remotes.Select(remote => $"{remote.Traffic.Address}");
}
