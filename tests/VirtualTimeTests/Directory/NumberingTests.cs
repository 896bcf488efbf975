using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Directory;

// B2, strictly: a name that is a number from 5300 to 5399 is that number, others get the next one.
public class NumberingTests
{
    [Theory]
    [InlineData("5300", 5300)]
    [InlineData("5399", 5399)]
    [InlineData("5299", 1)]
    [InlineData("5400", 1)]
    [InlineData("53", 1)]
    [InlineData("5301.old", 1)]
    [InlineData(" 5301", 1)]
    [InlineData("+5301", 1)]
    [InlineData("05301", 1)]
    [InlineData("５３０１", 1)]
    [InlineData("binder", 1)]
    public void A_name_alone_gets_its_own_number_or_the_first(string name, int id)
    {
        var world = new World();
        world.Backend(name).Appears();
        world.Settle();
        Assert.Equal(id, world.FactsOf<BalancerEvent.BackendFound>().Single().Fact.Id.Value);
    }

    [Fact]
    public void A_leftover_does_not_take_the_number_of_the_backend_that_it_is_named_after()
    {
        var world = new World();
        world.Backend("5301.old").Appears();
        world.Run(1.Seconds());
        world.Backend(5301).Appears();
        world.Run(1.Seconds());
        Assert.Equal("/sockets/5301", PathOf(world, 5301));
        Assert.Equal("/sockets/5301.old", PathOf(world, 1));
    }

    [Fact]
    public void Other_names_get_the_number_after_the_highest()
    {
        var world = new World();
        foreach (var name in new[] { "5305", "5302", "a", "b" })
            world.Backend(name).Appears();
        world.Settle();
        Assert.Equal("/sockets/5305", PathOf(world, 5305));
        Assert.Equal("/sockets/a", PathOf(world, 5306));
        Assert.Equal("/sockets/b", PathOf(world, 5307));
    }

    [Fact]
    public void A_number_that_is_taken_already_is_not_given_twice()
    {
        var world = new World();
        world.Backend("5300").Appears();
        world.Backend("a").Appears();
        world.Run(1.Seconds());
        Assert.Equal("/sockets/a", PathOf(world, 5301));
        world.Backend(5301).Appears();
        world.Run(1.Seconds());
        Assert.Equal("/sockets/5301", PathOf(world, 5302));
    }

    [Fact]
    public void A_name_that_comes_back_has_the_number_it_had()
    {
        var world = new World();
        world.Backend("a").Appears();
        world.Run(1.Seconds());
        world.Backend("a").Vanishes();
        world.Backend("a").Dies();
        world.Run(1.Seconds());
        world.Backend("b").Appears();
        world.Run(1.Seconds());
        world.Backend("a").Appears();
        world.Run(1.Seconds());
        Assert.Equal(
            [(1, "/sockets/a"), (2, "/sockets/b"), (1, "/sockets/a")],
            world.FactsOf<BalancerEvent.BackendFound>()
                .Select(f => (f.Fact.Id.Value, f.Fact.Path)));
    }

    [Fact]
    public void Names_without_end_do_not_keep_their_numbers_without_end()
    {
        var world = new World(World.Small);
        for (var i = 0; i < 1_200; i++)
        {
            world.Backend($"binder.{i}").Appears();
            world.Run(20.Milliseconds());
            world.Backend($"binder.{i}").Vanishes();
            world.Backend($"binder.{i}").Dies();
            world.Run(20.Milliseconds());
        }
        Assert.Equal(0, world.Control.Backends.Count);
        Assert.True(world.Last<BalancerEvent.BackendFound>().Id.Value < 1_100);
    }

    static string? PathOf(World world, int id) =>
        world.Control.Backends.Lookup(new(id)) is { HasValue: true } found
            ? found.Value.Path
            : null;
}
