using Balancer.Rx;
using Balancer.VirtualTimeTests.Recordings;

namespace Balancer.VirtualTimeTests.Remotes;

// Weights and standbys that change while clients are served.
public class PolicyTests
{
    static readonly BalancerOptions Turn = BalancerOptions.Default with { RingBytes = 1 << 20 };

    static readonly BalancerOptions Chosen =
        Turn with { Affinity = AffinityPolicy.Rendezvous };

    [Fact]
    public void Who_comes_goes_by_the_new_weights_and_who_is_there_stays()
    {
        var world = new World(Turn).With(5301, 5302);
        var clients = world.Clients(40);
        var before = world.ServersOf(clients);
        world.Control.Heed(Of(weights: [(5301, 3)]));
        var all = world.Clients(80);
        var after = world.ServersOf(all);
        Assert.Equal(before, after[..40]);
        Assert.Equal(30, after[40..].Count(server => server == 5301));
    }

    [Fact]
    public void A_backend_that_becomes_a_standby_gives_its_clients_away_and_gets_no_others()
    {
        var world = new World(Turn).With(5301, 5302, 5303);
        var clients = world.Clients(300);
        var before = world.ServersOf(clients);
        world.Control.Heed(Of(standby: [(5303, 1)]));
        world.Settle();
        var after = world.ServersOf(clients);
        Assert.DoesNotContain(5303, after);
        Assert.All(before.Zip(after), pair =>
            Assert.True(pair.First == 5303 || pair.First == pair.Second));
        Assert.Equal(0, world.Control.Routes.RemotesOf(new(5303)));
        Assert.All(
            world.FactsOf<BalancerEvent.RemoteAssigned>()
                .Where(told => told.Fact.Reason != AssignedBecause.Newcomer),
            told => Assert.Equal(AssignedBecause.HighestWeight, told.Fact.Reason));
    }

    [Fact]
    public void If_it_is_the_last_that_carries_they_stay_until_another_does()
    {
        var world = new World(Turn).With(5301);
        var clients = world.Clients(20);
        world.ServersOf(clients);
        world.Control.Heed(Of(standby: [(5301, 1)]));
        world.Settle();
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5301, server));
        world.With(5302);
        world.Run(16.Seconds());
        Assert.All(world.ServersOf(clients), server => Assert.Equal(5302, server));
        Assert.Equal(20, world.Control.Routes.RemotesOf(new(5302)));
    }

    [Fact]
    public void By_rendezvous_some_move_to_whom_weighs_more_now_and_back_when_it_does_not()
    {
        var world = new World(Chosen).With(5301, 5302, 5303);
        var clients = world.Clients(900);
        var before = world.ServersOf(clients);
        world.Control.Heed(Of(weights: [(5302, 4)]));
        world.Settle();
        var after = world.ServersOf(clients);
        Assert.All(before.Zip(after), pair =>
            Assert.True(pair.Second == 5302 || pair.First == pair.Second));
        Assert.InRange(after.Count(server => server == 5302), 520, 680);
        world.Control.Heed(BackendPolicy.None);
        world.Settle();
        Assert.Equal(before, world.ServersOf(clients));
    }

    [Fact]
    public void By_rendezvous_a_standby_s_clients_go_home_when_it_is_one_no_longer()
    {
        var world = new World(Chosen).With(5301, 5302, 5303);
        var clients = world.Clients(300);
        var before = world.ServersOf(clients);
        world.Control.Heed(Of(standby: [(5301, 1)]));
        world.Settle();
        Assert.DoesNotContain(5301, world.ServersOf(clients));
        world.Control.Heed(BackendPolicy.None);
        world.Settle();
        Assert.Equal(before, world.ServersOf(clients));
    }

    [Theory]
    [InlineData(AffinityPolicy.Turn)]
    [InlineData(AffinityPolicy.Rendezvous)]
    public void A_change_is_in_a_recording_and_what_it_has_changed_at_the_beginning_of_the_next(
        AffinityPolicy affinity)
    {
        var world = new World(Turn with { Affinity = affinity }).With(5301, 5302, 5303);
        world.ServersOf(world.Clients(60));
        var tape = Tape.Begin(world.Control)!;
        world.Settles(now => now with
        {
            Weights = Of(weights: [(5302, 4)]).Weights,
            Standby = Of(standby: [(5301, 1)]).Standby,
        });
        world.Settle();
        Assert.DoesNotContain(5301, world.ServersOf(world.Clients(120)));
        var next = Tape.Begin(world.Control)!;
        world.With(5304);
        world.ServersOf(world.Clients(240));
        foreach (var recording in new[] { tape.Recording, next.Recording })
        {
            var result = recording.Replay(_ => { });
            Assert.Null(result.Difference);
            Assert.True(result.Decisions > 100);
        }
    }

    [Fact]
    public void A_reload_that_says_the_same_of_backends_moves_nobody_and_looks_for_nobody()
    {
        var world = new World(Chosen).With(5301, 5302);
        world.ServersOf(world.Clients(60));
        world.Settles(now => now with { Weights = Of(weights: [(5301, 2)]).Weights });
        world.Settle();
        var told = world.Facts.Count;
        world.Settles(now => now with { Weights = Of(weights: [(5301, 2)]).Weights });
        Assert.DoesNotContain(
            world.Control.Timers, timer => timer.Name.Kind == Balancer.Rx.Time.TimerKind.HomeShare);
        Assert.Equal(told, world.Facts.Count);
    }

    static BackendPolicy Of(
        (int Id, int Weight)[]? weights = null, (int Id, int Order)[]? standby = null) => new(
            (weights ?? []).ToDictionary(of => new BackendId(of.Id), of => of.Weight),
            (standby ?? []).ToDictionary(of => new BackendId(of.Id), of => of.Order));
}
