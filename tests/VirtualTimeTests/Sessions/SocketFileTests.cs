using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Sessions;

// What becomes of a session when its socket file goes, comes back, or is made anew (B4, B5, B8).
public class SocketFileTests
{
    static readonly BalancerOptions Staying = new() { DrainOnUnlink = false };

    [Fact]
    public void Unlinking_the_socket_of_a_live_session_has_no_effect_until_the_session_breaks()
    {
        var world = new World().With(5301);
        world.Backend(5301).Vanishes();
        world.Run(1.Minutes());
        Assert.IsType<Session.Live>(world.Session(5301));
        world.Client("10.0.0.1").IsServedBy(5301);
        Assert.Empty(world.FactsOf<BalancerEvent.BackendForgotten>());

        world.Backend(5301).Dies();
        world.Settle();
        Assert.Null(world.Session(5301));
        Assert.Single(world.FactsOf<BalancerEvent.BackendForgotten>());
        Assert.Empty(world.Control.Data.Lanes);
    }

    [Fact]
    public void Unlinking_the_socket_while_hello_is_owed_has_no_effect_either()
    {
        var world = new World();
        world.Backend(5301).HelloAfter = 3.Seconds();
        world.Backend(5301).Appears();
        world.Run(1.Seconds());
        world.Backend(5301).Vanishes();
        world.Run(3.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void A_socket_that_goes_while_its_session_waits_is_forgotten_and_its_return_is_found()
    {
        var world = new World().With(5301);
        world.Backend(5301).Dies();
        world.Run(100.Milliseconds());
        world.Backend(5301).Vanishes();
        world.Run(20.Milliseconds());
        Assert.Null(world.Session(5301));

        world.Backend(5301).Appears();
        world.Run(20.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Equal(2, world.FactsOf<BalancerEvent.BackendFound>().Count());
    }

    [Fact]
    public void A_socket_that_is_gone_when_connected_to_leaves_the_session_absent()
    {
        var world = Absent();
        Assert.IsType<Session.Absent>(world.Session(5301));
        Assert.Single(world.FactsOf<BalancerEvent.BackendSocketRemoved>());
        Assert.Single(world.FactsOf<BalancerEvent.BackendFaulted>());

        world.Run(5.Seconds());
        Assert.Null(world.Session(5301));
    }

    [Fact]
    public void An_absent_socket_that_the_next_listing_shows_is_connected_to_at_once()
    {
        var world = Absent();
        world.Backend(5301).Appears();
        world.Run(5.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Single(world.FactsOf<BalancerEvent.BackendSocketReturned>());
        Assert.Single(world.FactsOf<BalancerEvent.BackendFound>());
    }

    [Fact]
    public void A_listing_that_failed_does_not_bring_an_absent_socket_back()
    {
        var world = Absent();
        world.Directory.Error = "ENOENT";
        world.Run(1.Minutes());
        Assert.IsType<Session.Absent>(world.Session(5301));
        Assert.Empty(world.FactsOf<BalancerEvent.BackendSocketReturned>());
        Assert.Equal(2, world.FactsOf<BalancerEvent.BackendConnecting>().Count());
    }

    [Fact]
    public void A_socket_made_anew_while_waiting_is_connected_to_at_once()
    {
        var world = Waiting(new World());
        world.Backend(5301).Recreates();
        world.Run(20.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Single(world.FactsOf<BalancerEvent.BackendSocketReturned>());
    }

    [Fact]
    public void A_socket_made_anew_starts_the_waits_anew()
    {
        // bind() makes the file and listen() comes later: the first connect may be refused.
        var world = Waiting(new World());
        world.Backend(5301).Recreates();
        world.Backend(5301).Dies();
        world.Run(20.Milliseconds());
        Assert.InRange(
            world.Last<BalancerEvent.BackendRetry>().After, 750.Milliseconds(), 1.Seconds());
        world.Backend(5301).Listens();
        world.Run(1.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void The_original_sat_out_its_wait_although_the_socket_was_made_anew()
    {
        var world = Waiting(World.Compat());
        var due = world.Session(5301)!.Due!.Value - World.Dawn;
        world.Backend(5301).Recreates();
        world.Run(due - world.Now - 1.Milliseconds());
        Assert.IsType<Session.Waiting>(world.Session(5301));
        world.Run(2.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Empty(world.FactsOf<BalancerEvent.BackendSocketReturned>());
    }

    [Fact]
    public void When_a_superseded_session_ends_its_successor_is_connected_to_at_once()
    {
        var world = new World(Staying).With(5301);
        world.Backend(5301).Recreates();
        world.Run(1.Seconds());
        Assert.True(Assert.IsType<Session.Live>(world.Session(5301)).Superseded);
        Assert.Single(world.Backend(5301).Links);

        world.Backend(5301).Link.Close();
        world.Settle();
        Assert.False(Assert.IsType<Session.Live>(world.Session(5301)).Superseded);
        Assert.Equal(2, world.Backend(5301).Links.Count);
        Assert.Empty(world.FactsOf<BalancerEvent.BackendRetry>());
    }

    [Fact]
    public void A_superseded_session_that_hangs_is_replaced_when_its_heartbeat_is_late()
    {
        var world = new World(Staying).With(5301);
        var backend = world.Backend(5301);
        backend.HeartbeatAfter = null;
        world.Run(1.Seconds());
        backend.Recreates();
        backend.HeartbeatAfter = TimeSpan.Zero;
        world.Run(15.Seconds());
        Assert.Equal(FaultReason.HeartbeatLate, world.Last<BalancerEvent.BackendFaulted>().Reason);
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Equal(2, backend.Links.Count);
    }

    [Fact]
    public void The_original_waited_also_after_a_superseded_session()
    {
        var world = World.Compat().With(5301);
        world.Backend(5301).Recreates();
        world.Run(6.Seconds());
        world.Backend(5301).Link.Close();
        world.Run(900.Milliseconds());
        Assert.IsType<Session.Waiting>(world.Session(5301));
        world.Run(200.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void A_socket_made_anew_while_hello_is_owed_shortens_the_wait_that_follows()
    {
        var world = Waiting(new World());
        var backend = world.Backend(5301);
        backend.HelloAfter = null;
        backend.Listens();
        world.Run(world.Session(5301)!.Due!.Value - World.Dawn - world.Now + 1.Seconds());
        Assert.IsType<Session.Greeting>(world.Session(5301));

        backend.Recreates();
        backend.HelloAfter = TimeSpan.Zero;
        world.Run(20.Milliseconds());
        backend.Link.Close();
        world.Run(1.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    // Dead for so long that the wait is many seconds.
    static World Waiting(World world)
    {
        world.With(5301);
        world.Backend(5301).Dies();
        world.Run(1.Minutes());
        var waiting = Assert.IsType<Session.Waiting>(world.Session(5301));
        Assert.True(waiting.Failures > 4);
        return world;
    }

    // The socket went unseen, and its process with it; the next attempt meets ENOENT.
    static World Absent()
    {
        var world = new World().With(5301);
        world.Directory.IsSilent = true;
        world.Run(5.Seconds());
        world.Backend(5301).Vanishes();
        world.Backend(5301).Dies();
        world.Run(1100.Milliseconds());
        return world;
    }
}
