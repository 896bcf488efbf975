using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Continuity;

// The way back: held down for a moment, then a quarter more of its remotes at each step (W14).
public class ReturnTests
{
    [Fact]
    public void W14_A_backend_that_is_back_gets_its_remotes_in_steps()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(400);
        world.ServersOf(clients);
        world.Backend(5301).Dies();
        world.Settle();
        world.Backend(5301).Recreates();
        var shares = new List<int>();
        for (var i = 0; i < 80; i++)
        {
            world.Run(9.Milliseconds());
            shares.Add(world.ServersOf(clients).Count(server => server == 5301));
        }
        var steps = shares.Distinct().ToArray();
        Assert.Equal(0, steps[0]);
        Assert.Equal(200, steps[^1]);
        Assert.Equal(5, steps.Length);
        Assert.Equal(steps.Order(), steps);
        Assert.InRange(steps[1], 25, 75);
    }

    [Fact]
    public void Who_comes_for_the_first_time_has_all_its_remotes_at_once()
    {
        var world = new World().With(5301);
        Assert.IsType<Trust.Full>(Trusted(world));
    }

    [Fact]
    public void Who_is_back_carries_at_once_if_nobody_else_can()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Dies();
        world.Settle();
        world.Backend(5301).Recreates();
        world.Run(15.Milliseconds());
        Assert.IsType<Trust.HeldDown>(Trusted(world));
        client.IsServedBy(5301, "it is all there is");
    }

    [Fact]
    public void Who_fails_again_and_again_within_a_minute_waits_longer_each_time()
    {
        var world = new World(BalancerOptions.Default with { SlowStart = TimeSpan.Zero })
            .With(5301, 5302);
        var waits = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            world.Backend(5301).Dies();
            world.Settle();
            world.Backend(5301).Recreates();
            world.Run(20.Milliseconds());
            var held = Assert.IsType<Trust.HeldDown>(Trusted(world));
            waits.Add(Math.Round((held.Until - World.Dawn - world.Now).TotalSeconds, 1));
        }
        Assert.Equal([0.2, 0.2, 1, 2, 4, 8, 16, 30, 30], waits);
    }

    [Fact]
    public void Failures_of_more_than_a_minute_ago_are_forgiven()
    {
        var world = new World().With(5301, 5302);
        for (var i = 0; i < 6; i++)
        {
            world.Backend(5301).Dies();
            world.Settle();
            world.Backend(5301).Recreates();
            world.Run(40.Seconds());
        }
        world.Backend(5301).Dies();
        world.Settle();
        world.Backend(5301).Recreates();
        world.Run(20.Milliseconds());
        var held = Assert.IsType<Trust.HeldDown>(Trusted(world));
        Assert.InRange(held.Until - World.Dawn - world.Now, TimeSpan.Zero, 200.Milliseconds());
    }

    [Fact]
    public void A_backend_is_back_within_a_second_of_its_socket()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(100);
        var before = world.ServersOf(clients);
        world.Backend(5301).Dies();
        world.Run(20.Seconds());
        world.Backend(5301).Recreates();
        world.Run(1.Seconds());
        Assert.Equal(before, world.ServersOf(clients));
        Assert.Single(world.FactsOf<BalancerEvent.BackendTrusted>());
    }

    static Trust Trusted(World world) => Assert.IsType<Session.Live>(world.Session(5301)).Trust;
}
