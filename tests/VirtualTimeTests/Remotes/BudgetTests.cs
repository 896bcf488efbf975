using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

// How many may be moved, and whom: never more than the budget in any minute, nobody twice in five.
public class BudgetTests
{
    [Fact]
    public void One_percent_of_the_remotes_is_moved_a_minute_and_no_more_in_any_minute()
    {
        var world = Crowd.Of(2_000, BalancerOptions.Default);
        world.World.With(5302);
        world.AskFor(10.Minutes());
        var moves = world.Moves;
        Assert.InRange(moves.Count, 180, 200);
        Assert.All(moves, move => Assert.InRange(
            moves.Count(other => other.At >= move.At && other.At < move.At + 1.Minutes()), 1, 20));
    }

    [Fact]
    public void Where_a_percent_is_less_than_one_a_look_one_a_look_is_moved()
    {
        var world = Crowd.Of(100, BalancerOptions.Default);
        world.World.With(5302);
        world.AskFor(5.Minutes());
        var moves = world.Moves;
        Assert.InRange(moves.Count, 16, 20);
        Assert.All(moves, move => Assert.InRange(
            moves.Count(other => other.At >= move.At && other.At < move.At + 1.Minutes()), 1, 4));
    }

    [Fact]
    public void Without_a_budget_nobody_is_moved()
    {
        var world = Crowd.Of(500, BalancerOptions.Default with { RebalanceBudget = 0 });
        world.World.With(5302);
        world.AskFor(5.Minutes());
        Assert.Empty(world.Moves);
    }

    [Fact]
    public void Nobody_is_moved_twice_in_five_minutes()
    {
        // Backends come and go, so that there is always something to even out.
        var world = Crowd.Of(60, BalancerOptions.Default with { RebalanceBudget = 1 });
        for (var i = 0; i < 12; i++)
        {
            world.World.With(5302 + i);
            world.AskFor(45.Seconds());
            world.World.Backend(5301 + i).Vanishes();
            world.World.Backend(5301 + i).Dies();
            world.AskFor(75.Seconds());
        }
        var moves = world.Moves;
        Assert.Contains(moves, move => moves.Count(other => other.Client == move.Client) > 1);
        foreach (var moved in moves.GroupBy(move => move.Client))
        {
            var times = moved.Select(move => move.At).ToArray();
            for (var i = 1; i < times.Length; i++)
                Assert.True(times[i] - times[i - 1] >= 5.Minutes(), $"{moved.Key} at {times[i]}");
        }
    }

    [Fact]
    public void A_turn_moves_a_bounded_share_and_the_next_look_goes_on()
    {
        var world = Crowd.Of(
            400, BalancerOptions.Default with { RebalanceBudget = 1, SweepShare = 30 });
        world.World.With(5302);
        world.AskFor(2.Minutes());
        var looks = world.Moves.CountBy(move => move.At).Select(look => look.Value).ToArray();
        Assert.Equal(30, looks[0]);
        Assert.All(looks, count => Assert.InRange(count, 1, 30));
        Assert.InRange(looks.Sum(), 100, 200);
    }
}
