using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.VirtualTimeTests.Recordings;

namespace Balancer.VirtualTimeTests.Whole;

// Other settings while it runs: they take hold, disturb nobody, and are in a recording.
public class SettingsTests
{
    static readonly QueryProbe Probe = new("health.example", 16, 0);

    [Fact]
    public void Who_may_ask_is_another_from_the_next_datagram_on()
    {
        var world = new World().With(5301);
        world.Client("10.0.0.1").IsServedBy(5301);
        world.Settles(now => now with { Allow = [Network.Parse("10.1.0.0/16")] });
        world.Client("10.0.0.1").IsNotServed();
        world.Client("10.1.0.1").IsServedBy(5301);
        world.Settles(now => now with { Allow = [] });
        world.Client("10.0.0.1").IsServedBy(5301);
    }

    [Fact]
    public void A_limit_begins_and_ends_while_others_are_served()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1");
        world.Settles(now => now with { RateLimit = 1, RateSlip = 0 });
        client.IsServedBy(5301);
        client.IsNotServed();
        Assert.Equal(1, world.Outcomes[Outcome.RateLimited]);
        world.Client("10.0.1.1").IsServedBy(5301);
        world.Settles(now => now);
        client.IsServedBy(5301);
    }

    [Fact]
    public void A_limit_that_stays_is_not_forgotten()
    {
        var world = new World(BalancerOptions.Default with { RateLimit = 1, RateSlip = 0 });
        world.With(5301);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Settles(now => now with { HoldDown = TimeSpan.FromSeconds(1) });
        client.IsNotServed();
    }

    [Fact]
    public void A_probe_begins_in_sessions_that_are_live_and_its_end_makes_all_well()
    {
        var world = new World().With(5301, 5302);
        world.Client("10.0.0.1").IsServedBy(5301);
        world.Backend(5301).AnswerAfter = null;
        world.Settles(now => now with { Probe = Probe });
        world.Run(12.Seconds());
        Assert.Equal(new BackendId(5301), world.Last<BalancerEvent.BackendAiling>().Id);
        world.Client("10.0.0.1").IsServedBy(5302, "its primary fails its probes");

        world.Backend(5301).AnswerAfter = TimeSpan.Zero;
        world.Settles(now => now);
        Assert.Equal(new BackendId(5301), world.Last<BalancerEvent.BackendWell>().Id);
        world.Client("10.0.0.1").IsServedBy(5301, "nobody probes any more");
    }

    [Fact]
    public void Heartbeats_come_at_the_new_pace_after_the_one_that_is_due()
    {
        var world = new World().With(5301);
        world.Run(1.Seconds());
        world.Settles(now => now with { HeartbeatEvery = TimeSpan.FromSeconds(5) });
        world.Run(1.Seconds());
        var before = world.FactsOf<BalancerEvent.HeartbeatSent>().Count();
        world.Run(20.Seconds());
        Assert.InRange(world.FactsOf<BalancerEvent.HeartbeatSent>().Count() - before, 3, 5);
    }

    [Fact]
    public void Suspicion_can_be_given_up()
    {
        var world = new World().With(5301, 5302);
        world.Settles(now => now with { SuspectAfter = TimeSpan.Zero });
        world.Backend(5301).Stalls();
        world.Run(5.Seconds());
        Assert.Empty(world.FactsOf<BalancerEvent.BackendSuspected>());
        world.Settles(now => now);
        world.Run(5.Seconds());
        Assert.Single(world.FactsOf<BalancerEvent.BackendSuspected>());
    }

    [Fact]
    public void A_change_disturbs_nobody()
    {
        var world = new World().With(5301, 5302, 5303);
        var clients = world.Clients(50).ToArray();
        var before = world.ServersOf(clients).ToArray();
        var facts = world.Facts.Count;
        for (var i = 0; i < 20; i++)
            world.Settles(now => now with { HoldDown = TimeSpan.FromMilliseconds(200 + i) });
        Assert.Equal(facts, world.Facts.Count);
        Assert.Equal(before, world.ServersOf(clients));
        Assert.All((int[])[5301, 5302, 5303], id => Assert.IsType<Session.Live>(world.Session(id)));
    }

    [Fact]
    public void A_recording_has_the_change_and_decides_the_same_again()
    {
        var world = new World().With(5301, 5302, 5303);
        world.AllAsk(world.Clients(30));
        var tape = Tape.Begin(world.Control)!;
        world.Backend(5302).AnswerAfter = null;
        world.Settles(now => now with
        {
            Probe = Probe,
            HeartbeatEvery = TimeSpan.FromMilliseconds(400),
            HoldDown = TimeSpan.FromSeconds(3),
            SuspectAfter = TimeSpan.FromSeconds(4),
        });
        world.Run(12.Seconds());
        world.Backend(5301).Dies();
        world.Run(2.Seconds());
        world.Backend(5301).Listens();
        world.Run(10.Seconds());
        world.Settles(now => now with { SuspectAfter = TimeSpan.Zero });
        world.Backend(5303).Stalls();
        world.Run(10.Seconds());
        AssertReplays(tape);
    }

    [Fact]
    public void A_recording_that_begins_after_the_change_goes_by_it()
    {
        var world = new World().With(5301, 5302);
        world.Settles(now => now with
        {
            Probe = Probe,
            HeartbeatEvery = TimeSpan.FromMilliseconds(400),
        });
        world.Run(7.Seconds());
        var tape = Tape.Begin(world.Control)!;
        world.Backend(5301).AnswerAfter = null;
        world.Run(12.Seconds());
        world.Settles(now => now with { HeartbeatEvery = TimeSpan.FromMilliseconds(400) });
        world.Run(5.Seconds());
        AssertReplays(tape);
    }

    static void AssertReplays(Tape tape)
    {
        var result = tape.Recording.Replay(_ => { });
        Assert.Null(result.Difference);
        Assert.True(result.Decisions > 20);
    }
}
