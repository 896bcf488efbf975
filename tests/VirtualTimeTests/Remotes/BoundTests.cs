using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

// The table of remotes has a bound. Beyond it newcomers take the places of those on probation, so
// many a second; whoever finds no place is served without being remembered.
public class BoundTests
{
    [Fact]
    public void Beyond_the_bound_strangers_are_served_without_being_remembered_by_the_same_backend()
    {
        var world = Established(10);
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
        var world = Established(10);
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
    public void W6_The_established_keep_their_places_and_their_backends_whoever_comes()
    {
        var world = Established(10);
        var known = world.Clients(10);
        var servers = world.ServersOf(known);
        for (var second = 0; second < 60; second++)
        {
            world.AllAsk(world.Clients(1_000)[(10 + second)..]);
            world.Run(1.Seconds());
        }
        Assert.Equal(servers, world.ServersOf(known));
        Assert.All(known, client => Assert.NotNull(world.Remote(client)));
        Assert.Equal(10, world.Control.Remotes.Count);
    }

    [Fact]
    public void A_newcomer_takes_the_place_of_whoever_has_been_on_probation_longest()
    {
        var world = Small();
        var clients = world.Clients(14);
        foreach (var client in clients)
        {
            client.Asks();
            world.Settle();
        }
        Assert.Equal(
            Enumerable.Range(0, 14).Select(i => i >= 4),
            clients.Select(client => world.Remote(client) is not null));
        Assert.Equal(4, world.Control.Remotes.Displaced);
        Assert.Equal(0, world.Outcomes.Stateless);
        Assert.Equal(10, world.Control.Routes.Count);
    }

    [Fact]
    public void Whoever_asks_again_in_another_second_has_its_second_chance()
    {
        var world = Small();
        var clients = world.Clients(20);
        world.AllAsk(clients[..10]);
        world.Run(1.Seconds());
        world.AllAsk(clients[..5]);
        world.AllAsk(clients[10..]);
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => i is < 5 or >= 10 and < 15),
            clients.Select(client => world.Remote(client) is not null));
        Assert.Equal(5, world.Outcomes.Stateless);
    }

    [Fact]
    public void To_ask_twice_in_one_second_is_not_enough()
    {
        var world = Small();
        var clients = world.Clients(20);
        world.AllAsk(clients[..10]);
        world.AllAsk(clients[..10]);
        world.AllAsk(clients[10..]);
        Assert.All(clients[..10], client => Assert.Null(world.Remote(client)));
    }

    [Fact]
    public void A_connection_is_enough()
    {
        var world = Small();
        var clients = world.Clients(20);
        world.AllAsk(clients[..10]);
        foreach (var client in clients[..10])
        {
            var routes = world.Control.Routes;
            routes.Slot(routes.Find(client.Endpoint.Address.Value)).Tcp++;
        }
        world.AllAsk(clients[10..]);
        Assert.All(clients[..10], client => Assert.NotNull(world.Remote(client)));
        Assert.Equal(10, world.Outcomes.Stateless);
    }

    [Fact]
    public void Only_so_many_give_way_in_a_second_and_that_is_told_as_one_number()
    {
        var world = new World(
            BalancerOptions.Default with { MaxRemotes = 100, DisplacedPerSecond = 7 });
        world.With(5301);
        world.AllAsk(world.Clients(1_000));
        Assert.Equal(7, world.Control.Remotes.Displaced);
        Assert.Equal(893, world.Outcomes.Stateless);
        world.Run(1.Seconds());
        world.AllAsk(world.Clients(1_000)[500..]);
        Assert.Equal(14, world.Control.Remotes.Displaced);
        Assert.Empty(world.FactsOf<BalancerEvent.RemotesDisplaced>());

        world.Run(2.Minutes());
        Assert.Equal(
            14, Assert.Single(world.FactsOf<BalancerEvent.RemotesDisplaced>()).Fact.Count);
    }

    [Fact]
    public void A_table_that_flaps_is_told_of_once_a_minute()
    {
        var world = new World(BalancerOptions.Default with
        {
            MaxRemotes = 10,
            RemoteIdle = 1.Seconds(),
            ExpireEvery = 1.Seconds(),
            AnswerPatience = 500.Milliseconds(),
            DisplacedPerSecond = 0,
        });
        world.With(5301);
        for (var i = 0; i < 100; i++)
        {
            world.AllAsk(world.Clients(20));
            world.Run(3.Seconds());
        }
        Assert.InRange(world.FactsOf<BalancerEvent.RemotesFull>().Count(), 4, 6);
    }

    [Fact]
    public void W6_A_flood_makes_no_facts_but_for_those_who_find_a_place()
    {
        var world = new World(
            BalancerOptions.Default with { MaxRemotes = 50, DisplacedPerSecond = 10 });
        world.With(5301);
        var before = world.Facts.Count;
        for (var i = 0; i < 10; i++)
        {
            world.AllAsk(world.Clients(10_000));
            world.Run(1.Seconds());
        }
        var admitted = 50 + 10 * 10;
        var facts = world.Facts.Skip(before)
            .Where(fact => fact.Value.GetType().Name.StartsWith("Remote", StringComparison.Ordinal))
            .ToArray();
        Assert.InRange(facts.Length, 2 * admitted, 2 * admitted + 1);
    }

    // Room for ten, and nobody there.
    static World Small() =>
        new World(BalancerOptions.Default with { MaxRemotes = 10 }).With(5301, 5302, 5303);

    // Room for so many, and all of it taken by remotes that have proven themselves.
    static World Established(int count)
    {
        var world = new World(BalancerOptions.Default with { MaxRemotes = count });
        world.With(5301, 5302, 5303);
        world.ServersOf(world.Clients(count));
        world.Run(1.Seconds());
        world.ServersOf(world.Clients(count));
        Assert.Empty(world.FactsOf<BalancerEvent.RemotesFull>());
        return world;
    }
}
