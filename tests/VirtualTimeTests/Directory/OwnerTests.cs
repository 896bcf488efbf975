using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Directory;

// Whose sockets may be backends (W25): the owner of the file, and the process behind it.
public class OwnerTests
{
    const uint Us = 0, Nobody = 65_534, Other = 1_000;

    static World Guarded(BalancerOptions? options = null) => new(
        (options ?? BalancerOptions.Default) with { BackendOwners = new HashSet<uint> { Us } });

    public static TheoryData<bool> Both => [false, true];

    [Theory]
    [MemberData(nameof(Both))]
    public void A_socket_of_another_user_is_told_of_once_and_never_connected_to(bool compat)
    {
        var world = Guarded(compat ? BalancerOptions.Compat : null).With();
        world.Backend(5302).Appears();
        world.Directory.Give("5302", Nobody);
        world.Backend(5301).Appears();
        world.Run(1.Minutes());
        Assert.Empty(world.Backend(5302).Knocks);
        Assert.Equal(
            new BalancerEvent.EntryIgnored("/sockets/5302", IgnoredBecause.NotAllowed, Nobody),
            Assert.Single(world.FactsOf<BalancerEvent.EntryIgnored>()).Fact);
        world.Client("10.0.0.1").IsServedBy(5301);
    }

    [Fact]
    public void Without_a_list_of_owners_anybody_s_socket_is_taken()
    {
        var world = new World();
        world.Directory.Put("5301", owner: Nobody);
        world.Settle();
        Assert.Single(world.FactsOf<BalancerEvent.BackendFound>());
    }

    [Fact]
    public void A_socket_that_is_given_to_us_is_a_backend_at_the_next_listing()
    {
        var world = Guarded();
        world.Backend(5301).Appears();
        world.Directory.Give("5301", Nobody);
        world.Run(1.Minutes());
        Assert.Null(world.Session(5301));
        world.Directory.Give("5301", Us);
        world.Run(world.Options.ListEvery + 100.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void A_socket_that_goes_from_one_stranger_to_another_is_told_of_again()
    {
        var world = Guarded();
        world.Directory.Put("5301", owner: Nobody);
        world.Run(1.Minutes());
        world.Directory.Give("5301", Other);
        world.Run(1.Minutes());
        Assert.Equal(
            [Nobody, Other], world.FactsOf<BalancerEvent.EntryIgnored>().Select(f => f.Fact.Owner));
    }

    // As with a socket that is unlinked (B8): who was let in before stays until it ends.
    [Fact]
    public void A_live_backend_whose_socket_is_given_away_carries_until_it_ends()
    {
        var world = Guarded().With(5301);
        world.Directory.Give("5301", Nobody);
        world.Run(1.Minutes());
        world.Client("10.0.0.1").IsServedBy(5301);
        world.Backend(5301).CloseAll();
        world.Run(1.Minutes());
        Assert.Null(world.Session(5301));
        Assert.Single(world.Backend(5301).Knocks);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void A_process_of_another_user_is_refused_and_tried_again_with_back_off(bool compat)
    {
        var world = Guarded(compat ? BalancerOptions.Compat : null).With(5301);
        world.Backend(5302).Connecting = Connecting.IsNotAllowed;
        world.Backend(5302).Appears();
        world.Run(20.Seconds());
        Assert.InRange(world.FactsOf<BalancerEvent.BackendFaulted>().Count(), 4, 5);
        Assert.Equal(
            new BalancerEvent.BackendFaulted(
                new(5302), "/sockets/5302", FaultReason.NotAllowed, "run by uid 65534",
                WasLive: false),
            world.Last<BalancerEvent.BackendFaulted>());
        Assert.Empty(world.Backend(5302).Links);
        world.Client("10.0.0.1").IsServedBy(5301);
    }

    [Fact]
    public void A_list_of_owners_that_names_nobody_is_an_error()
    {
        var options = BalancerOptions.Default with
        {
            SocketDirectory = "/sockets",
            BackendOwners = new HashSet<uint>(),
        };
        Assert.Throws<ArgumentException>(options.Checked);
    }
}
