using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Continuity;

// A backend that owes something and says nothing is suspect within a second (W8).
public class SuspicionTests
{
    [Fact]
    public void W8_The_clients_of_a_stopped_backend_are_served_elsewhere_within_a_second()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Stalls();
        world.Run(1.Seconds());
        client.IsServedBy(5302, "its primary is suspect");
        var suspected = Assert.Single(world.FactsOf<BalancerEvent.BackendSuspected>());
        Assert.Equal(new BackendId(5301), suspected.Fact.Id);
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void Nothing_that_was_asked_of_it_meanwhile_is_lost_and_nobody_is_answered_twice()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Stalls();
        for (var id = 100; id < 300; id++)
        {
            client.Asks(id);
            world.Run(10.Milliseconds());
        }
        Assert.Equal(201, client.Answers.Count);

        world.Backend(5301).Resumes();
        world.Run(2.Seconds());
        Assert.Equal(201, client.Answers.Count);
        Assert.True(world.Outcomes.Strays > 50, "late doubles are dropped and counted");
        client.IsServedBy(5301, "its primary is trusted again");
    }

    [Fact]
    public void A_suspect_that_answers_first_settles_the_question()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5302).AnswerAfter = 5.Seconds();
        world.Backend(5301).Stalls();
        client.Asks(7);
        world.Run(1.Seconds());
        Assert.Equal(1, world.Outcomes.Replayed);
        world.Backend(5301).Resumes();
        world.Settle();
        client.WasAnsweredBy(5301);
        world.Run(6.Seconds());
        Assert.Equal(2, client.Answers.Count);
        Assert.Equal(1, world.Outcomes.Strays);
    }

    [Fact]
    public void When_the_second_dies_the_question_is_the_suspects_again()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5302).AnswerAfter = null;
        world.Backend(5301).Stalls();
        client.Asks(7);
        world.Run(1.Seconds());
        world.Backend(5302).Dies();
        world.Settle();
        Assert.Equal(1, world.Control.Data.InFlight);
        world.Backend(5301).Resumes();
        world.Settle();
        client.WasAnsweredBy(5301);
    }

    [Fact]
    public void When_both_die_one_after_the_other_nothing_is_read_from_the_wrong_ring()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        for (var i = 0; i < 100; i++)
            client.IsServedBy(5301);
        world.Backend(5302).AnswerAfter = null;
        world.Backend(5301).Stalls();
        client.Asks(7);
        world.Run(800.Milliseconds());
        world.Backend(5302).Dies();
        world.Run(60.Milliseconds());
        world.Backend(5301).Dies();
        world.Settle();
        Assert.Equal(1, world.Outcomes[Outcome.Lost]);
        world.Backend(5301).Resumes();
        world.Backend(5301).Recreates();
        world.Run(20.Milliseconds());
        client.IsServedBy(5301, "its session is made anew");
    }

    [Fact]
    public void When_the_suspect_dies_the_question_is_the_seconds_alone()
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5302).AnswerAfter = 2.Seconds();
        world.Backend(5301).Stalls();
        client.Asks(7);
        world.Run(1.Seconds());
        world.Backend(5301).Dies();
        world.Run(2.Seconds());
        client.WasAnsweredBy(5302);
        Assert.Equal(0, world.Outcomes[Outcome.Lost]);
    }

    [Fact]
    public void Where_all_are_suspect_suspicion_is_ignored()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(2);
        var before = world.ServersOf(clients);
        world.Backend(5301).Stalls();
        world.Backend(5302).Stalls();
        world.Run(2.Seconds());
        Assert.Equal(2, world.FactsOf<BalancerEvent.BackendSuspected>().Count());
        world.AllAsk(clients);
        Assert.Equal(0, world.Control.Data.Parked);
        world.Backend(5301).Resumes();
        world.Backend(5302).Resumes();
        world.Settle();
        Assert.Equal(before, clients.Select(client => client.LastServer));
    }

    [Fact]
    public void A_backend_that_owes_nothing_may_be_silent()
    {
        var world = new World(BalancerOptions.Default with
        {
            HeartbeatEvery = 10.Seconds(),
        }).With(5301);
        world.Run(9.Seconds());
        Assert.Empty(world.FactsOf<BalancerEvent.BackendSuspected>());
    }

    [Fact]
    public void One_that_takes_long_for_a_question_and_answers_heartbeats_is_not_suspect()
    {
        var world = new World(BalancerOptions.Default with
        {
            HeartbeatEvery = 1.Seconds(),
            SuspectAfter = 300.Milliseconds(),
        });
        world.Backend(5301).AnswerAfter = 900.Milliseconds();
        world.With(5301, 5302);
        var client = world.Client("10.0.0.1");
        for (var i = 0; i < 10; i++)
        {
            client.Asks();
            world.Run(1_100.Milliseconds());
        }
        Assert.Empty(world.FactsOf<BalancerEvent.BackendSuspected>());
    }

    [Fact]
    public void A_backend_that_is_merely_slow_is_not_suspect()
    {
        var world = new World();
        world.Backend(5301).HeartbeatAfter = world.Backend(5301).AnswerAfter =
            400.Milliseconds();
        world.With(5301, 5302);
        var client = world.Client("10.0.0.1");
        for (var i = 0; i < 100; i++)
        {
            client.Asks();
            world.Run(50.Milliseconds());
        }
        Assert.Empty(world.FactsOf<BalancerEvent.BackendSuspected>());
    }

    [Fact]
    public void Any_byte_clears_the_suspicion()
    {
        var world = new World().With(5301, 5302);
        world.Backend(5301).Stalls();
        world.Run(2.Seconds());
        world.Backend(5301).Link.Say([0xEC]);
        world.Settle();
        Assert.Single(world.FactsOf<BalancerEvent.BackendStirred>());
    }

    [Fact]
    public void A_suspect_is_faulted_when_its_heartbeat_is_late()
    {
        var world = new World().With(5301, 5302);
        world.Backend(5301).Stalls();
        world.Run(16.Seconds());
        Assert.Equal(FaultReason.HeartbeatLate, world.Last<BalancerEvent.BackendFaulted>().Reason);
    }

    [Fact]
    public void The_original_waited_for_the_heartbeat()
    {
        var world = World.Compat().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Stalls();
        world.Run(10.Seconds());
        client.IsNotServed();
        Assert.Empty(world.FactsOf<BalancerEvent.BackendSuspected>());
    }
}
