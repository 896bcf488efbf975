using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Whole;

// A stop takes nothing new and lets what is in flight finish; after it nothing is left.
public class StopTests
{
    [Fact]
    public void A_stop_with_nothing_in_flight_is_over_within_milliseconds()
    {
        var world = new World().With(5301);
        Assert.InRange(Stops(world), TimeSpan.Zero, 26.Milliseconds());
        world.IsOver();
    }

    [Fact]
    public void A_stop_waits_for_the_answers_that_are_owed()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = 2.Seconds();
        world.With(5301);
        var client = world.Client("10.0.0.1").Asks().Asks();
        Assert.InRange(Stops(world), 2.Seconds(), 2.Seconds() + 6.Milliseconds());
        Assert.Equal(2, client.Answers.Count);
        world.IsOver();
    }

    [Fact]
    public void A_stop_waits_no_longer_than_its_patience()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301);
        world.Client("10.0.0.1").Asks();
        Assert.InRange(Stops(world), 5.Seconds(), 5.Seconds() + 6.Milliseconds());
        world.IsOver();
        Assert.Equal(1, world.Outcomes[Outcome.Lost]);
    }

    [Fact]
    public void A_stop_takes_no_new_datagrams_and_keeps_the_sessions_until_it_is_over()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = 4.Seconds();
        world.With(5301);
        world.Client("10.0.0.1").Asks();
        using var stop = world.Control.Stop().Subscribe();
        world.Run(20.Milliseconds());
        Assert.False(world.IsListening);
        world.Run(3.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
    }

    [Fact]
    public void What_lies_in_the_listeners_queues_when_the_stop_comes_is_answered()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1");
        using var stop = world.Control.Stop().Subscribe();
        world.Settle();
        client.IsServedBy(5301);
        world.Run(1.Seconds());
        world.IsOver();
    }

    [Fact]
    public void A_stop_yields_once_and_is_complete()
    {
        var world = new World().With(5301);
        var (items, completed) = (0, 0);
        using var stop = world.Control.Stop().Subscribe(_ => items++, () => completed++);
        world.Run(10.Seconds());
        Assert.Equal((1, 1), (items, completed));
        world.IsOver();
    }

    [Fact]
    public void Whatever_the_sessions_are_at_nothing_is_left_after_the_end()
    {
        var world = new World();
        world.Backend(5302).HelloAfter = null;
        world.Backend(5303).Connecting = Connecting.Hangs;
        world.Backend(5304).Connecting = Connecting.IsBusy;
        foreach (var id in new[] { 5302, 5303, 5304, 5305 })
            world.Backend(id).Appears();
        world.Backend(5305).Dies();
        world.With(5301);
        world.AllAsk(world.Clients(100));
        world.Run(1.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.IsType<Session.Greeting>(world.Session(5302));
        Assert.IsType<Session.Connecting>(world.Session(5303));
        Assert.IsType<Session.Waiting>(world.Session(5305));
        world.Directory.Hint();
        world.IsOver();
    }

    [Fact]
    public void What_was_never_started_leaves_nothing_either()
    {
        var world = new World();
        world.IsOver();
    }

    [Theory]
    [InlineData(typeof(BalancerEvent.BackendFound))]
    [InlineData(typeof(BalancerEvent.BackendConnecting))]
    [InlineData(typeof(BalancerEvent.BackendConnected))]
    [InlineData(typeof(BalancerEvent.BackendEstablished))]
    [InlineData(typeof(BalancerEvent.HeartbeatSent))]
    [InlineData(typeof(BalancerEvent.HeartbeatAnswered))]
    [InlineData(typeof(BalancerEvent.BackendFaulted))]
    [InlineData(typeof(BalancerEvent.BackendRetry))]
    public void W19_The_end_may_come_from_within_a_fact(Type kind)
    {
        var world = new World();
        var isOver = false;
        using var ending = world.Control.Facts.Subscribe(fact =>
        {
            if (fact.Value.GetType() == kind)
            {
                isOver = true;
                world.Control.Dispose();
            }
        });
        world.Backend(5301).Appears();
        world.Run(1.Seconds());
        world.Backend(5301).Dies();
        world.Run(1.Seconds());
        Assert.True(isOver, $"{kind.Name} was not told");
        world.IsOver();
    }

    // How long the stop takes.
    static TimeSpan Stops(World world)
    {
        var begun = world.Now;
        TimeSpan? over = null;
        using var stop = world.Control.Stop().Subscribe(_ => over = world.Now - begun);
        world.Run(10.Seconds());
        return Assert.NotNull(over);
    }
}
