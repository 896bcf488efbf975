using Balancer.Rx;
using Balancer.Rx.Remotes;
using Balancer.VirtualTimeTests.Recordings;

namespace Balancer.VirtualTimeTests.Remotes;

// Backends that get more than others (B3).
public class WeightTests
{
    [Fact]
    public void Newcomers_are_dealt_out_by_weight_and_as_evenly_as_can_be()
    {
        var world = new World(Weighing((5301, 3), (5303, 2))).With(5301, 5302, 5303);
        Assert.Equal(
            [5301, 5301, 5303, 5301, 5302, 5303, 5301, 5301, 5303, 5301, 5302, 5303],
            world.ServersOf(world.Clients(12)));
    }

    [Fact]
    public void In_the_long_run_each_gets_its_share_whoever_comes_and_goes()
    {
        var world = new World(Weighing((5301, 5), (5302, 3)) with { RingBytes = 1 << 20 })
            .With(5301, 5302, 5303);
        var before = world.ServersOf(world.Clients(90));
        Assert.Equal((50, 30, 10), Counts(before));
        world.Backend(5301).Dies();
        world.Settle();
        world.ServersOf(world.Clients(130));
        world.Backend(5301).Listens();
        world.Run(5.Seconds());
        world.ServersOf(world.Clients(220));
        Assert.Equal((100, 90, 30), (
            world.Control.Routes.RemotesOf(new(5301)), world.Control.Routes.RemotesOf(new(5302)),
            world.Control.Routes.RemotesOf(new(5303))));
    }

    [Fact]
    public void A_recording_that_begins_in_the_middle_of_a_round_goes_on_there()
    {
        var world = new World(Weighing((5301, 3), (5303, 2))).With(5301, 5302, 5303);
        world.ServersOf(world.Clients(4));
        var tape = Tape.Begin(world.Control)!;
        world.ServersOf(world.Clients(40));
        var result = tape.Recording.Replay(_ => { });
        Assert.Null(result.Difference);
        Assert.True(result.Decisions >= 72);
    }

    [Fact]
    public void Those_of_a_dead_backend_go_to_the_others_by_weight()
    {
        var world = new World(Weighing((5302, 3)) with { RingBytes = 1 << 20 })
            .With(5301, 5302, 5303);
        var clients = world.Clients(5_000);
        var before = world.ServersOf(clients);
        world.Backend(5301).Dies();
        world.Settle();
        var moved = world.ServersOf(clients).Where((_, i) => before[i] == 5301).ToArray();
        Assert.Equal(1_000, moved.Length);
        Assert.InRange(moved.Count(server => server == 5302), 690, 810);
    }

    [Fact]
    public void The_load_is_evened_by_weight()
    {
        var unlimited = Weighing((5301, 3)) with { RebalanceBudget = 1, RebalanceTolerance = 0 };
        var crowd = new Crowd(unlimited, [5301], [.. Enumerable.Repeat(1, 2_000)]);
        crowd.World.With(5302);
        crowd.AskFor(2.Minutes());
        Assert.InRange(crowd.LoadOf(5301), 1_350, 1_650);
    }

    [Fact]
    public void A_load_that_is_even_by_weight_is_left_alone()
    {
        var unlimited = Weighing((5301, 3)) with { RebalanceBudget = 1, RebalanceTolerance = 0 };
        var crowd = new Crowd(unlimited, [5301, 5302], [.. Enumerable.Repeat(1, 2_000)]);
        crowd.AskFor(2.Minutes());
        Assert.Empty(crowd.Moves);
        Assert.Equal(1_500, crowd.LoadOf(5301));
    }

    [Fact]
    public void A_lead_is_what_may_be_moved()
    {
        static Lead Over(long load, int weight, long other, int others) =>
            new Load(new(5301), load, weight).Over(new(new(5302), other, others));
        Assert.Equal(new Lead(50, 99), Over(100, 1, 0, 1));
        Assert.Equal(new Lead(0, 0), Over(100, 1, 100, 1));
        Assert.Equal(new Lead(0, 0), Over(100, 1, 200, 1));
        // 75 would leave 25 here, and be 25 for each unit of weight there.
        Assert.Equal(new Lead(75, 299), Over(100, 1, 0, 3));
        Assert.Equal(new Lead(25, 33), Over(100, 3, 0, 1));
    }

    static (int, int, int) Counts(int[] servers) => (
        servers.Count(server => server == 5301), servers.Count(server => server == 5302),
        servers.Count(server => server == 5303));

    static BalancerOptions Weighing(params (int Id, int Weight)[] weights) =>
        BalancerOptions.Default with
        {
            Weights = weights.ToDictionary(of => new BackendId(of.Id), of => of.Weight),
        };
}
