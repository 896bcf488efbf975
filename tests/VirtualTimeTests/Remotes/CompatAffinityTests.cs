using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Remotes;

// The original's backups: the next in turn, kept with the remote (S1, S3 to S7).
public class CompatAffinityTests
{
    [Fact]
    public void A_backup_is_the_next_in_the_turn_that_newcomers_share()
    {
        var world = Three(out var clients);
        Down(world, 5301);
        clients[0].IsServedBy(5302, "5303 was dealt last, 5301 is down");
        world.Client("10.9.9.9").IsServedBy(5303, "the turn went on");
    }

    [Fact]
    public void A_backup_is_kept_while_it_carries()
    {
        var world = Three(out var clients);
        Down(world, 5301);
        for (var i = 0; i < 10; i++)
        {
            clients[0].IsServedBy(5302);
            world.Client(new ClientAddress(0x0B000000u + (uint)i)).Asks();
        }
        Assert.Equal(new BackendId(5302), world.Remote(clients[0])!.Value.Backup);
        Assert.Single(Assigned(world, AssignedBecause.PrimaryDown));
    }

    [Fact]
    public void A_backup_that_goes_down_too_is_replaced_and_not_returned_to()
    {
        var world = Three(out var clients);
        Down(world, 5301);
        clients[0].IsServedBy(5302);
        Down(world, 5302);
        clients[0].IsServedBy(5303);
        Up(world, 5302);
        clients[0].IsServedBy(5303, "its backup carries");
    }

    [Fact]
    public void It_is_back_with_its_primary_at_once_and_its_backup_is_cleared()
    {
        var world = Three(out var clients);
        Down(world, 5301);
        clients[0].IsServedBy(5302);
        Up(world, 5301);
        clients[0].IsServedBy(5301);
        Assert.Null(world.Remote(clients[0])!.Value.Backup);
        Assert.Single(Assigned(world, AssignedBecause.PrimaryBack));
    }

    [Fact]
    public void A_primary_that_no_longer_exists_is_replaced_by_the_next_in_turn()
    {
        var world = Three(out var clients);
        world.Backend(5301).Vanishes();
        Down(world, 5301);
        world.Run(10.Seconds());
        Assert.Null(world.Session(5301));
        clients[0].IsServedBy(5302);
        var remote = world.Remote(clients[0])!.Value;
        Assert.Equal((new BackendId(5302), null), (remote.Primary, remote.Backup));
        Assert.Single(Assigned(world, AssignedBecause.PrimaryGone));
    }

    [Fact]
    public void When_nothing_carries_nothing_is_decided()
    {
        var world = Three(out var clients);
        foreach (var id in new[] { 5301, 5302, 5303 })
            Down(world, id);
        clients[0].IsNotServed();
        Assert.Empty(Assigned(world, AssignedBecause.PrimaryDown));
        Up(world, 5301);
        clients[0].IsServedBy(5301);
    }

    [Fact]
    public void Any_number_of_backends_may_have_come_and_gone()
    {
        var options = BalancerOptions.Compat with { RingBytes = 4_096, JournalEntries = 256 };
        var routes = new Rx.Routing.RouteTable(options);
        for (var i = 1; i <= 10_000; i++)
        {
            // A remote of this backend, with a backup that goes after it.
            var (client, id, next) = (new ClientAddress(7), new BackendId(i), new BackendId(i + 1));
            routes.SetCarrier(id, i, BackendShare.Whole);
            routes.Add(client, id, next, seen: 0);
            routes.SetCarrier(next, i + 1, BackendShare.Whole);
            routes.ClearCarrier(id);
            Assert.Equal(i + 1, routes.Lane(routes.Find(7)));
            routes.Change(client, next, null);
            routes.Remove(client);
            routes.ClearCarrier(next);
        }
        Assert.Equal(0, routes.Carrying);
    }

    // Three backends, and a remote of each.
    static World Three(out SimulatedClient[] clients)
    {
        var world = World.Compat().With(5301, 5302, 5303);
        clients = world.Clients(3);
        Assert.Equal([5301, 5302, 5303], world.ServersOf(clients));
        return world;
    }

    static void Down(World world, int id)
    {
        world.Backend(id).Dies();
        world.Settle();
        Assert.IsType<Session.Waiting>(world.Session(id));
    }

    static void Up(World world, int id)
    {
        world.Backend(id).Listens();
        world.Run(34.Seconds());
        Assert.IsType<Session.Live>(world.Session(id));
    }

    static IEnumerable<BalancerEvent.RemoteAssigned> Assigned(
        World world, AssignedBecause reason) =>
        world.FactsOf<BalancerEvent.RemoteAssigned>()
            .Select(fact => fact.Fact)
            .Where(fact => fact.Reason == reason);
}
