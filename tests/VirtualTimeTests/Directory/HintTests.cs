using System.Reactive.Concurrency;
using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Directory;

// Hints make a listing happen soon; a listing every five seconds happens anyway (M2).
public class HintTests
{
    static readonly TimeSpan Moments = TimeSpan.FromTicks(20);

    [Fact]
    public void A_hint_leads_to_a_listing_within_the_gathering_time()
    {
        var world = Quiet();
        var listings = world.Directory.Listings;
        world.Directory.Hint();
        world.Run(world.Options.ListGather - Moments);
        Assert.Equal(listings, world.Directory.Listings);
        world.Run(Moments * 2);
        Assert.Equal(listings + 1, world.Directory.Listings);
    }

    [Fact]
    public void Hints_that_come_together_lead_to_one_listing()
    {
        var world = Quiet();
        var listings = world.Directory.Listings;
        for (var i = 0; i < 1_000; i++)
            world.Directory.Hint();
        world.Run(1.Seconds());
        Assert.Equal(listings + 1, world.Directory.Listings);
    }

    [Fact]
    public void A_directory_that_never_rests_is_listed_all_the_same_and_not_all_the_time()
    {
        var world = Quiet();
        var listings = world.Directory.Listings;
        for (var i = 0; i < 1_000; i++)
        {
            world.Directory.Hint();
            world.Settle();
        }
        Assert.InRange(world.Directory.Listings - listings, 80, 100);
    }

    [Fact]
    public void A_change_is_seen_within_the_gathering_time_at_whatever_moment_it_comes()
    {
        for (var offset = -10; offset <= 10; offset++)
        {
            var world = Quiet();
            world.Directory.Hint();
            world.Run(world.Options.ListGather + TimeSpan.FromTicks(offset));
            world.Backend(5301).Appears();
            world.Run(world.Options.ListGather + Moments);
            Assert.True(
                world.FactsOf<BalancerEvent.BackendFound>().Any(),
                $"what came {offset} ticks after the listing was due was missed");
        }
    }

    [Fact]
    public void A_change_in_the_turn_of_a_listing_is_not_missed()
    {
        for (var offset = -5; offset <= 5; offset++)
        {
            var world = Quiet();
            world.Directory.Hint();
            world.Run(TimeSpan.FromTicks(2));
            // With the listing due at the same tick, this comes behind it.
            world.Scheduler.Schedule(
                world.Options.ListGather + TimeSpan.FromTicks(offset),
                () => world.Directory.PutAndHint("5301"));
            world.Run(world.Options.ListGather * 2 + Moments);
            Assert.True(
                world.FactsOf<BalancerEvent.BackendFound>().Any(),
                $"what came {offset} ticks after the listing was due was missed");
        }
    }

    [Fact]
    public void Without_a_hint_a_socket_is_found_by_the_next_listing()
    {
        var world = Quiet();
        world.Directory.IsSilent = true;
        world.Backend(5301).Appears();
        world.Run(5.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void The_original_heeded_no_hints()
    {
        var world = World.Compat();
        world.Run(6.Seconds());
        world.Backend(5301).Appears();
        world.Run(3900.Milliseconds());
        Assert.Null(world.Session(5301));
        world.Run(200.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void Nothing_changed_means_nothing_told()
    {
        var world = new World().With(5301);
        var facts = world.Facts.Count(IsOfTheDirectory);
        for (var i = 0; i < 100; i++)
        {
            world.Directory.Hint();
            world.Run(1.Seconds());
        }
        Assert.Equal(facts, world.Facts.Count(IsOfTheDirectory));
    }

    static bool IsOfTheDirectory(System.Reactive.Timestamped<BalancerEvent> fact) =>
        fact.Value is not (BalancerEvent.HeartbeatSent or BalancerEvent.HeartbeatAnswered);

    static World Quiet()
    {
        var world = new World();
        world.Run(1.Seconds());
        return world;
    }
}
