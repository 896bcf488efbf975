using Balancer.Rx;
using Balancer.Rx.Time;

namespace Balancer.VirtualTimeTests.Recordings;

// Everything that waits for its time has a name, and can be listed (K5).
public class TimersTests
{
    [Fact]
    public void A_balancer_at_rest_waits_for_these_and_for_nothing_else()
    {
        var world = new World().With(5301);
        Assert.Equal(
            [
                TimerKind.DirectorySweep, TimerKind.SessionDeadline, TimerKind.Silence,
                TimerKind.Expiry, TimerKind.SpreadLook, TimerKind.Retirement,
            ],
            world.Control.Timers.Select(timer => timer.Name.Kind).Order());
    }

    [Fact]
    public void A_timer_tells_whose_it_is_since_when_it_waits_and_until_when()
    {
        var world = new World().With(5301);
        world.Run(1.Seconds());
        world.Backend(5301).Dies();
        world.Run(100.Milliseconds());
        var retry = Assert.Single(
            world.Control.Timers, timer => timer.Name.Kind == TimerKind.SessionDeadline);
        Assert.Equal(new BackendId(5301), retry.Name.Backend);
        var wait = world.Last<BalancerEvent.BackendRetry>().After;
        Assert.Equal(wait, retry.Due - retry.SetAt);
        Assert.InRange(retry.Due - world.Scheduler.Now, wait - 110.Milliseconds(), wait);
    }

    [Fact]
    public void What_is_over_is_listed_no_more()
    {
        var world = new World().With(5301, 5302);
        world.Backend(5302).Vanishes();
        world.Backend(5302).Dies();
        world.Run(1.Minutes());
        Assert.DoesNotContain(
            world.Control.Timers, timer => timer.Name.Backend == new BackendId(5302));
        world.IsOver();
        Assert.Empty(world.Control.Timers);
    }

    [Fact]
    public void Periods_that_a_stall_has_missed_are_not_made_up_for()
    {
        var world = new World();
        world.Settle();
        var before = world.Directory.Listings;
        world.Scheduler.Sleep(60.Seconds().Ticks);
        world.Settle();
        Assert.Equal(before + 1, world.Directory.Listings);
        world.Run(5.Seconds());
        Assert.Equal(before + 2, world.Directory.Listings);
    }
}
