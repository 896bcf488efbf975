using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Sessions;

// Are you there? Asked a while after the last answer, one at a time (M6, M7, F14).
public class HeartbeatTests
{
    [Fact]
    public void The_first_heartbeat_goes_out_one_interval_after_the_hello()
    {
        var world = new World();
        world.Backend(5301).Appears();
        world.Run(1.Seconds());
        var hello = world.FactsOf<BalancerEvent.BackendEstablished>().Single().At;
        var beat = world.FactsOf<BalancerEvent.HeartbeatSent>().First().At;
        Assert.Equal(world.Options.HeartbeatEvery, beat - hello);
    }

    [Fact]
    public void The_next_one_goes_out_one_interval_after_the_answer()
    {
        var world = World.Compat();
        world.Backend(5301).HeartbeatAfter = 2.Seconds();
        world.With(5301).Run(60.Seconds());
        var sent = Times<BalancerEvent.HeartbeatSent>(world);
        var answered = Times<BalancerEvent.HeartbeatAnswered>(world);
        Assert.Equal(8, answered.Length);
        Assert.Equal(answered.Select(at => at + 5.Seconds()).Take(7), sent.Skip(1).Take(7));
    }

    [Fact]
    public void An_answer_tells_its_round_trip()
    {
        var world = new World();
        world.Backend(5301).HeartbeatAfter = 70.Milliseconds();
        world.With(5301).Run(1.Seconds());
        var trip = world.Last<BalancerEvent.HeartbeatAnswered>().RoundTrip;
        Assert.InRange(trip, 70.Milliseconds(), 70.Milliseconds() + TimeSpan.FromTicks(9));
    }

    [Fact]
    public void Only_one_heartbeat_is_outstanding_at_a_time()
    {
        var world = new World().With(5301);
        world.Backend(5301).HeartbeatAfter = null;
        world.Run(14.Seconds());
        Assert.Single(world.Backend(5301).Heard, heard => heard.Type == FrameType.ClientHeartbeat);
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void An_unanswered_heartbeat_faults_the_session_when_patience_ends_and_not_sooner()
    {
        var world = new World().With(5301, 5302);
        world.Backend(5301).Stalls();
        world.Run(20.Seconds());
        var sent = world.FactsOf<BalancerEvent.HeartbeatSent>()
            .Last(f => f.Fact.Id == new BackendId(5301) && f.At < 1.Seconds()).At;
        var (at, fault) = world.FactsOf<BalancerEvent.BackendFaulted>().First();
        Assert.Equal(new BackendId(5301), fault.Id);
        Assert.Equal(FaultReason.HeartbeatLate, fault.Reason);
        Assert.True(fault.WasLive);
        Assert.Equal(world.Options.HeartbeatPatience, at - sent);
        world.Client("10.0.0.1").IsServedBy(5302, "the other one hangs");
    }

    [Fact]
    public void An_answer_within_patience_keeps_the_session()
    {
        var world = World.Compat();
        world.Backend(5301).HeartbeatAfter = 15.Seconds() - 1.Milliseconds();
        world.With(5301).Run(10.Minutes());
        Assert.Empty(world.FactsOf<BalancerEvent.BackendFaulted>());
    }

    [Fact]
    public void A_heartbeat_that_nobody_asked_for_faults_the_session()
    {
        var world = new World().With(5301);
        world.Backend(5301).Says(FrameType.ServerHeartbeat);
        world.Settle();
        Assert.Equal(FaultReason.UnexpectedHeartbeat, Fault(world).Reason);
    }

    [Fact]
    public void A_second_answer_to_one_heartbeat_faults_the_session()
    {
        var world = new World().With(5301);
        world.Run(world.Options.HeartbeatEvery);
        Assert.NotEmpty(world.FactsOf<BalancerEvent.HeartbeatAnswered>());
        world.Backend(5301).Says(FrameType.ServerHeartbeat);
        world.Settle();
        Assert.Equal(FaultReason.UnexpectedHeartbeat, Fault(world).Reason);
    }

    [Fact]
    public void Heartbeats_go_on_after_a_reconnect()
    {
        var world = new World().With(5301);
        world.Backend(5301).CloseAll();
        world.Run(2.Seconds());
        var sent = world.FactsOf<BalancerEvent.HeartbeatSent>().Count();
        world.Run(1.Seconds());
        Assert.InRange(world.FactsOf<BalancerEvent.HeartbeatSent>().Count() - sent, 3, 5);
    }

    [Fact]
    public void A_backend_that_stalls_for_less_than_patience_is_kept_and_owes_nothing()
    {
        var world = new World().With(5301);
        world.Backend(5301).Stalls();
        world.Client("10.0.0.1").Asks(7);
        world.Run(9.Seconds());
        world.Backend(5301).Resumes();
        world.Settle();
        world.Client("10.0.0.1").WasAnsweredBy(5301);
        world.Run(1.Minutes());
        Assert.Empty(world.FactsOf<BalancerEvent.BackendFaulted>());
    }

    static BalancerEvent.BackendFaulted Fault(World world) =>
        world.FactsOf<BalancerEvent.BackendFaulted>().Single().Fact;

    static TimeSpan[] Times<T>(World world)
        where T : BalancerEvent => [.. world.FactsOf<T>().Select(fact => fact.At)];
}
