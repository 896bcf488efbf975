using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

// A remote unheard of for five minutes is forgotten within the next half (M19, S11).
public class ExpiryTests
{
    [Fact]
    public void A_remote_is_forgotten_300_to_330_seconds_after_it_was_last_heard_of()
    {
        for (var offset = 0; offset <= 30_000; offset += 1_250)
        {
            var world = new World(World.Small).With(5301);
            world.Run(offset.Milliseconds());
            var heard = world.Now;
            world.Client("10.0.0.1").IsServedBy(5301);
            world.Run(331.Seconds());
            var age = world.FactsOf<BalancerEvent.RemoteExpired>().Single().At - heard;
            Assert.InRange(age, 300.Seconds(), 331.Seconds());
            Assert.Null(world.Remote(world.Client("10.0.0.1")));
            Assert.Equal(0, world.Control.Routes.Count);
        }
    }

    [Fact]
    public void One_that_goes_on_asking_stays_and_touches_no_cache()
    {
        var world = new World().With(5301);
        world.Client("10.0.0.1").IsServedBy(5301);
        var changesets = 0;
        using var counting = world.Control.Remotes.Connect().Subscribe(_ => changesets++);
        for (var i = 0; i < 60; i++)
        {
            world.Run(10.Seconds());
            world.Client("10.0.0.1").IsServedBy(5301);
        }
        Assert.Equal(1, changesets);
        Assert.Empty(world.FactsOf<BalancerEvent.RemoteExpired>());
    }

    [Fact]
    public void Being_dropped_for_want_of_a_backend_is_being_heard_of()
    {
        var world = new World().With(5301);
        world.Client("10.0.0.1").IsServedBy(5301);
        world.Backend(5301).Vanishes();
        world.Backend(5301).Dies();
        for (var i = 0; i < 40; i++)
        {
            world.Run(10.Seconds());
            world.Client("10.0.0.1").IsNotServed();
        }
        Assert.NotNull(world.Remote(world.Client("10.0.0.1")));
    }

    [Fact]
    public void One_that_comes_back_later_is_a_newcomer()
    {
        var world = new World().With(5301, 5302);
        world.Client("10.0.0.1").IsServedBy(5301);
        world.Run(6.Minutes());
        world.Client("10.0.0.1").IsServedBy(5302, "it is dealt anew");
        Assert.Equal(2, world.FactsOf<BalancerEvent.RemoteNew>().Count());
    }

    [Fact]
    public void A_sweep_takes_bounded_shares_and_leaves_nobody_out()
    {
        var world = new World(BalancerOptions.Default with { SweepShare = 10 }).With(5301);
        world.ServersOf(world.Clients(35));
        var shares = new List<int>();
        using var counting = world.Control.Remotes.Connect().Subscribe(c => shares.Add(c.Count));
        world.Run(6.Minutes());
        Assert.Equal([35, 10, 10, 10, 5], shares);
        Assert.Equal(0, world.Control.Remotes.Count);
    }
}
