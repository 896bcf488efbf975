using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

// The table of remotes has a bound; beyond it strangers are served without being remembered.
public class BoundTests
{
    [Fact]
    public void Beyond_the_bound_strangers_are_served_without_being_remembered_by_the_same_backend()
    {
        var world = Full();
        var strangers = world.Clients(60)[10..];
        var servers = world.ServersOf(strangers);
        Assert.Equal(10, world.Control.Remotes.Count);
        Assert.Equal(50, world.Outcomes.Stateless);
        Assert.Equal([5301, 5302, 5303], servers.Distinct().Order());
        for (var i = 0; i < 5; i++)
            Assert.Equal(servers, world.ServersOf(strangers));
    }

    [Fact]
    public void That_the_table_is_full_is_told_once_and_again_only_after_it_was_not()
    {
        var world = Full();
        world.ServersOf(world.Clients(60));
        world.ServersOf(world.Clients(60));
        Assert.Equal(10, Assert.Single(world.FactsOf<BalancerEvent.RemotesFull>()).Fact.Limit);

        world.Run(6.Minutes());
        Assert.Equal(0, world.Control.Remotes.Count);
        world.ServersOf(world.Clients(60));
        Assert.Equal(10, world.Control.Remotes.Count);
        Assert.Equal(2, world.FactsOf<BalancerEvent.RemotesFull>().Count());
    }

    [Fact]
    public void The_remembered_keep_their_backends_when_the_table_is_full()
    {
        var world = Full();
        var known = world.Clients(10);
        var servers = world.ServersOf(known);
        world.ServersOf(world.Clients(1_000));
        Assert.Equal(servers, world.ServersOf(known));
    }

    static World Full()
    {
        var world = new World(BalancerOptions.Default with { MaxRemotes = 10 });
        world.With(5301, 5302, 5303);
        world.ServersOf(world.Clients(10));
        Assert.Empty(world.FactsOf<BalancerEvent.RemotesFull>());
        return world;
    }
}
