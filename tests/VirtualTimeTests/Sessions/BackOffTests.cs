using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Sessions;

// How long until the next attempt: M9, and what starts it anew.
public class BackOffTests
{
    static readonly int[] Original = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31];

    [Fact]
    public void The_originals_waits_are_1_3_5_to_31_then_33_for_ever_and_are_waited_exactly()
    {
        var world = World.Compat();
        Refusing(world);
        world.Run(10.Minutes());
        var waits = world.FactsOf<BalancerEvent.BackendRetry>().Select(f => f.Fact.After).ToArray();
        Assert.Equal([.. Original, 33, 33, 33], waits.Take(19).Select(wait => wait.TotalSeconds));

        var begun = world.FactsOf<BalancerEvent.BackendConnecting>().Select(f => f.At).ToArray();
        var ended = world.FactsOf<BalancerEvent.BackendFaulted>().Select(f => f.At).ToArray();
        Assert.Equal(waits.Take(19), begun.Skip(1).Zip(ended, (b, e) => b - e).Take(19));
    }

    [Fact]
    public void The_first_attempt_follows_the_listing_at_once()
    {
        var world = World.Compat();
        world.Backend(5301).Appears();
        world.Settle();
        var found = world.FactsOf<BalancerEvent.BackendFound>().Single().At;
        var begun = world.FactsOf<BalancerEvent.BackendConnecting>().Single().At;
        Assert.InRange(begun - found, TimeSpan.Zero, TimeSpan.FromTicks(1));
    }

    [Fact]
    public void By_default_waits_are_shortened_by_lot_up_to_a_quarter_and_end_at_32_seconds()
    {
        var world = new World();
        Refusing(world);
        world.Run(20.Minutes());
        var waits = Waits(world);
        Assert.True(waits.Length > 20);
        for (var i = 0; i < waits.Length; i++)
        {
            var full = i < Original.Length ? Original[i] : 32;
            Assert.InRange(waits[i], full * 0.75, full);
        }
        Assert.Contains(waits.Skip(16), wait => wait < 31);
        Assert.True(waits.Distinct().Count() > 16, "a lot is drawn for each");
    }

    [Fact]
    public void The_same_seed_draws_the_same_lots_and_another_one_others()
    {
        double[] WaitsOf(int seed)
        {
            var world = new World(BalancerOptions.Default with { Seed = seed });
            Refusing(world);
            world.Run(2.Minutes());
            return Waits(world);
        }
        Assert.Equal(WaitsOf(1), WaitsOf(1));
        Assert.NotEqual(WaitsOf(1), WaitsOf(2));
    }

    [Fact]
    public void Backends_that_died_together_do_not_come_back_together()
    {
        var world = new World().With(5301, 5302, 5303, 5304);
        for (var id = 5301; id <= 5304; id++)
            world.Backend(id).Dies();
        world.Run(1.Seconds());
        Assert.Equal(4, Waits(world).Take(4).Distinct().Count());
    }

    [Fact]
    public void A_hello_starts_the_waits_anew()
    {
        var world = World.Compat();
        Refusing(world);
        world.Run(20.Seconds());
        Assert.True(Waits(world)[^1] > 5);
        world.Backend(5301).Listens();
        world.Run(40.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        world.Backend(5301).Dies();
        world.Settle();
        Assert.Equal(1, Waits(world)[^1]);
    }

    [Fact]
    public void A_connection_without_hello_does_not_start_them_anew()
    {
        var world = World.Compat();
        world.Backend(5301).HelloAfter = null;
        world.Backend(5301).Appears();
        world.Run(30.Seconds() * 3 + 10.Seconds());
        Assert.Equal([1, 3, 5], Waits(world));
    }

    [Fact]
    public void W27_A_full_listen_queue_is_retried_shortly_and_is_no_fault_and_told_once()
    {
        var world = new World();
        world.Backend(5301).Connecting = Connecting.IsBusy;
        world.Backend(5301).Appears();
        world.Run(1.Seconds());
        var begun = world.Backend(5301).Knocks;
        Assert.InRange(begun.Count, 18, 21);
        Assert.Single(world.FactsOf<BalancerEvent.BackendConnecting>());
        Assert.All(
            begun.Zip(begun.Skip(1), (a, b) => b - a),
            gap => Assert.InRange(gap, 50.Milliseconds(), 51.Milliseconds()));
        Assert.Empty(world.FactsOf<BalancerEvent.BackendFaulted>());

        world.Backend(5301).Connecting = Connecting.Succeeds;
        world.Run(60.Milliseconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void A_full_listen_queue_between_failures_keeps_their_count()
    {
        var world = World.Compat();
        Refusing(world);
        world.Run(5.Seconds());
        Assert.Equal([1, 3, 5], Waits(world));
        world.Backend(5301).Connecting = Connecting.IsBusy;
        world.Backend(5301).Listens();
        world.Run(10.Seconds());
        world.Backend(5301).Dies();
        world.Settle();
        world.Run(1.Seconds());
        Assert.Equal(7, Waits(world)[^1]);
    }

    static void Refusing(World world)
    {
        world.Backend(5301).Appears();
        world.Backend(5301).Dies();
    }

    static double[] Waits(World world) =>
        [.. world.FactsOf<BalancerEvent.BackendRetry>().Select(f => f.Fact.After.TotalSeconds)];
}
