using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

// What an operator says about one client: pin, unpin, move.
public class PinTests
{
    static readonly BalancerOptions Unlimited = BalancerOptions.Default with
    {
        RebalanceBudget = 1,
        RebalanceTolerance = 0,
    };

    public static TheoryData<BackupPolicy> Policies =>
        [BackupPolicy.Rendezvous, BackupPolicy.RoundRobin];

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_known_client_that_is_pinned_is_served_there_at_once(BackupPolicy backup)
    {
        var world = With(backup, 5301, 5302, 5303);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        Pin(world, client, 5303);
        client.IsServedBy(5303, "it is pinned");
        Assert.Equal(AssignedBecause.Pinned, world.Last<BalancerEvent.RemoteAssigned>().Reason);
        Assert.Equal(
            new(client.Endpoint.Address, new(5303), null),
            world.Last<BalancerEvent.RemotePinned>());
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_client_that_is_pinned_before_it_asks_is_served_there(BackupPolicy backup)
    {
        var world = With(backup, 5301, 5302, 5303);
        var client = world.Client("10.0.0.9");
        Pin(world, client, 5302);
        Assert.Equal(0, world.Control.Remotes.Count);
        client.IsServedBy(5302, "it is pinned");
        Assert.Equal([5301, 5302, 5303], world.ServersOf(world.Clients(3)));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void A_pin_survives_the_death_and_the_return_of_its_backend(BackupPolicy backup)
    {
        var world = With(backup, 5301, 5302);
        var client = world.Client("10.0.0.1");
        Pin(world, client, 5302);
        client.IsServedBy(5302);
        world.Backend(5302).Dies();
        world.Settle();
        client.IsServedBy(5301, "its backup serves it, as anybody");
        world.Backend(5302).Recreates();
        world.Run(5.Seconds());
        client.IsServedBy(5302, "its backend is back");
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void Pinned_before_it_asks_to_one_that_is_down_it_is_served_by_a_backup(
        BackupPolicy backup)
    {
        var world = With(backup, 5301, 5302);
        var client = world.Client("10.0.0.1");
        world.Backend(5302).Dies();
        world.Settle();
        Pin(world, client, 5302);
        client.IsServedBy(5301, "its backend is down");
        Assert.Equal(new BackendId(5302), world.Remote(client)!.Value.Primary);
        world.Backend(5302).Recreates();
        world.Run(5.Seconds());
        client.IsServedBy(5302);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public void While_its_backend_does_not_exist_a_pin_has_no_effect_and_then_has_it_again(
        BackupPolicy backup)
    {
        var world = With(backup, 5301, 5302);
        var client = world.Client("10.0.0.1");
        Pin(world, client, 5302);
        client.IsServedBy(5302);
        world.Backend(5302).Vanishes();
        world.Backend(5302).Dies();
        // The original sits out its back-off before it notices.
        for (var i = 0; i < 10; i++)
        {
            world.Run(15.Seconds());
            client.IsServedBy(5301, "the other is gone");
        }
        Assert.Equal(new BackendId(5301), world.Remote(client)!.Value.Primary);
        world.Backend(5302).Appears();
        world.Run(10.Seconds());
        client.IsServedBy(5302, "it is still pinned");
        Assert.Equal(AssignedBecause.Pinned, world.Last<BalancerEvent.RemoteAssigned>().Reason);
    }

    [Fact]
    public void A_pin_ends_when_its_time_is_over_and_its_client_stays_where_it_is()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        Pin(world, client, 5302, 10.Minutes());
        world.Run(10.Minutes() - 1.Seconds());
        Assert.Empty(world.FactsOf<BalancerEvent.RemoteUnpinned>());
        client.IsServedBy(5302, "it was forgotten meanwhile, and is still pinned");
        world.Run(1.Seconds());
        Assert.Equal(
            new(client.Endpoint.Address, new(5302), UnpinnedBecause.TimeIsOver),
            world.Last<BalancerEvent.RemoteUnpinned>());
        client.IsServedBy(5302, "nobody moves it");
    }

    [Fact]
    public void A_client_keeps_its_pin_when_it_is_forgotten()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        Pin(world, client, 5302);
        world.Run(60.Minutes());
        Assert.Equal(0, world.Control.Remotes.Count);
        world.Client("10.0.0.2").IsServedBy(5302, "it is its turn");
        client.IsServedBy(5302, "it is pinned");
    }

    [Fact]
    public void Pinned_anew_the_last_word_counts_and_the_first_time_is_no_longer_kept()
    {
        var world = new World().With(5301, 5302, 5303);
        var client = world.Client("10.0.0.1");
        Pin(world, client, 5302, 1.Minutes());
        Pin(world, client, 5303);
        world.Run(2.Minutes());
        Assert.Empty(world.FactsOf<BalancerEvent.RemoteUnpinned>());
        client.IsServedBy(5303);
    }

    [Fact]
    public void Unpinned_a_client_stays_and_may_be_moved_like_anybody()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        Pin(world, client, 5302);
        world.Commands(new BackendCommand.Unpin(client.Endpoint.Address));
        Assert.Equal(
            UnpinnedBecause.Ordered, world.Last<BalancerEvent.RemoteUnpinned>().Reason);
        client.IsServedBy(5302, "nobody is in a hurry");
        Move(world, client, 5301);
        client.IsServedBy(5301);
    }

    [Fact]
    public void The_rebalancer_moves_all_but_the_pinned()
    {
        var crowd = Crowd.Of(40, Unlimited);
        for (var i = 0; i < 30; i++)
            Pin(crowd.World, crowd[i], 5301);
        crowd.World.With(5302);
        crowd.AskFor(3.Minutes());
        Assert.Equal(10, crowd.Moves.Select(move => move.Client).Distinct().Count());
        Assert.Equal(30, crowd.RemotesOf(5301));
    }

    [Fact]
    public void The_originals_rebalancer_moves_all_but_the_pinned_too()
    {
        var world = World.Compat().With(5301);
        var clients = world.Clients(40);
        world.ServersOf(clients);
        foreach (var client in clients[..30])
            Pin(world, client, 5301);
        world.Backend(5302).Appears();
        world.Run(2.Minutes());
        Assert.All(
            clients[..30],
            client => Assert.Equal(new BackendId(5301), world.Remote(client)!.Value.Primary));
        Assert.NotEqual(40, world.Control.Routes.RemotesOf(new(5301)));
    }

    [Fact]
    public void Who_is_pinned_does_not_give_way_on_probation()
    {
        var world = new World(BalancerOptions.Default with { MaxRemotes = 4 }).With(5301, 5302);
        var pinned = world.Client("10.9.9.9");
        Pin(world, pinned, 5302);
        pinned.IsServedBy(5302);
        world.ServersOf(world.Clients(100));
        Assert.True(world.Control.Remotes.Displaced > 0);
        Assert.NotNull(world.Remote(pinned));
    }

    [Fact]
    public void One_more_than_can_be_pinned_is_refused_and_counted()
    {
        var world = new World(BalancerOptions.Default with { MaxPins = 3 }).With(5301, 5302);
        var clients = world.Clients(4);
        foreach (var client in clients)
            Pin(world, client, 5302);
        var refused = Assert.Single(world.FactsOf<BalancerEvent.CommandRefused>()).Fact;
        Assert.Equal(
            new(new(5302), CommandKind.Pin, RefusedBecause.TooManyPins,
                clients[3].Endpoint.Address),
            refused);
        Assert.Equal((3, 1), (world.Control.Remotes.Pinned.Count,
            world.Control.Remotes.Pinned.Refused));
        Pin(world, clients[0], 5301);
        Assert.Single(world.FactsOf<BalancerEvent.CommandRefused>());
        world.Commands(new BackendCommand.Unpin(clients[0].Endpoint.Address));
        Pin(world, clients[3], 5302);
        clients[3].IsServedBy(5302);
    }

    [Fact]
    public void A_pinned_client_leaves_a_drained_backend_and_is_back_when_that_is_enabled()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        Pin(world, client, 5302);
        client.IsServedBy(5302);
        world.Commands(new BackendCommand.Drain(new(5302)));
        client.IsServedBy(5301, "its own takes no new queries");
        world.Commands(new BackendCommand.Enable(new(5302)));
        client.IsServedBy(5302);
    }

    [Fact]
    public void A_client_is_moved_once_and_left_alone_by_the_rebalancer_for_the_cool_down()
    {
        var crowd = new Crowd(Unlimited, [5301, 5302], 60, 1, 100, 1);
        Move(crowd.World, crowd[1], 5301);
        crowd[1].IsServedBy(5301);
        crowd.AskFor(2.Minutes());
        Assert.DoesNotContain(crowd[1].Endpoint.Address, crowd.Moves.Select(m => m.Client));
        Assert.Equal(AssignedBecause.Moved, Assert.Single(
            crowd.World.FactsOf<BalancerEvent.RemoteAssigned>(),
            told => told.Fact.Client == crowd[1].Endpoint.Address
                && told.Fact.Reason != AssignedBecause.Newcomer).Fact.Reason);
    }

    [Fact]
    public void A_move_to_where_it_is_already_changes_nothing()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        Move(world, client, 5301);
        Assert.Single(world.FactsOf<BalancerEvent.RemoteAssigned>());
        Assert.Empty(world.FactsOf<BalancerEvent.CommandRefused>());
    }

    [Fact]
    public void What_cannot_be_obeyed_is_refused_by_its_reason()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        Pin(world, client, 5399);
        Refused(CommandKind.Pin, RefusedBecause.UnknownBackend);
        Move(world, client, 5301);
        Refused(CommandKind.Move, RefusedBecause.UnknownClient);
        world.Commands(new BackendCommand.Unpin(client.Endpoint.Address));
        Refused(CommandKind.Unpin, RefusedBecause.NotPinned);
        client.IsServedBy(5301);
        Pin(world, client, 5301);
        Move(world, client, 5302);
        Refused(CommandKind.Move, RefusedBecause.PinnedElsewhere);

        void Refused(CommandKind command, RefusedBecause reason)
        {
            var refused = world.Last<BalancerEvent.CommandRefused>();
            Assert.Equal((command, reason), (refused.Command, refused.Reason));
            Assert.Equal(client.Endpoint.Address, refused.Client);
        }
    }

    [Fact]
    public void A_balancer_with_timed_pins_ends_with_nothing_scheduled()
    {
        var world = new World().With(5301);
        foreach (var client in world.Clients(5))
            Pin(world, client, 5301, 60.Minutes());
        world.IsOver();
    }

    static World With(BackupPolicy backup, params int[] ids) =>
        (backup == BackupPolicy.RoundRobin ? World.Compat() : new World()).With(ids);

    static void Pin(World world, SimulatedClient client, int backend, TimeSpan? span = null) =>
        world.Commands(new BackendCommand.Pin(client.Endpoint.Address, new(backend), span));

    static void Move(World world, SimulatedClient client, int backend) =>
        world.Commands(new BackendCommand.Move(client.Endpoint.Address, new(backend)));
}
