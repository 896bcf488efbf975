using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Routing;
using CsCheck;

namespace Balancer.VirtualTimeTests.Routing;

// What is foretold of a kill or a drain is what happens when it is done, whatever the backends were
// up to; and asking changes nothing.
public class ForecastProperty
{
    static readonly int[] Ids = [5301, 5302, 5303, 5304, 5305];

    static readonly Gen<(int Backend, int What, int Wait)[]> Troubles =
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 5], Gen.Int[1, 400]).Array[0, 6];

    [Fact]
    public void What_is_foretold_happens() =>
        Gen.Select(Troubles, Gen.Int[0, 4], Gen.Bool, Gen.Int[1, 80])
            .Sample((troubles, which, isKill, crowd) =>
            {
                var world = new World(World.Small with { RingBytes = 65_536 }).With(Ids);
                var clients = world.Clients(crowd);
                world.AllAsk(clients);
                foreach (var (backend, what, wait) in troubles)
                {
                    Happens(world, Ids[backend], what);
                    world.AllAsk(clients);
                    world.Run(wait.Milliseconds());
                }
                var id = new BackendId(Ids[which]);
                var others = Others(world, id);
                var before = Served(world, clients);
                var forecast = Walked(world, isKill
                    ? new Supposition.Kill(id)
                    : new Supposition.Drain(id));
                Assert.Equal(before, Served(world, clients));
                Assert.Equal(before, Counted(forecast, load => load.RemotesNow));

                if (isKill)
                {
                    world.Backend(id.Value).Dies();
                    world.Settle();
                }
                else
                {
                    world.Commands(new BackendCommand.Drain(id));
                }
                // Who was about to be trusted, or not, in this very moment: nobody foretells that.
                if (others == Others(world, id))
                {
                    Assert.Equal(
                        Served(world, clients), Counted(forecast, load => load.RemotesThen));
                }
            }, iter: 300);

    [Fact]
    public void Clients_are_answered_by_those_who_were_foretold()
    {
        var world = new World().With(Ids);
        var clients = world.Clients(500);
        world.ServersOf(clients);
        world.Run(2.Seconds());
        world.ServersOf(clients);
        var forecast = Walked(world, new Supposition.Kill(new(5303)));
        Assert.Equal((500, 100, 500, 0), (
            forecast.Remotes, forecast.Moved, forecast.Established, forecast.Undecided));
        Assert.Equal(1_000, forecast.Loads.Sum(backend => backend.Load.DatagramsNow));
        Assert.Equal(1_000, forecast.Loads.Sum(backend => backend.Load.DatagramsThen));
        world.Backend(5303).Dies();
        world.Settle();
        Assert.Equal(
            world.ServersOf(clients).CountBy(id => id).OrderBy(of => of.Key)
                .Select(of => (of.Key, of.Value)),
            Counted(forecast, load => load.RemotesThen));
    }

    [Fact]
    public void Of_the_last_one_it_is_foretold_that_a_drain_moves_nobody_and_a_kill_leaves_all()
    {
        var world = new World().With(5301);
        world.ServersOf(world.Clients(10));
        var drain = Walked(world, new Supposition.Drain(new(5301)));
        Assert.Equal((0, 0), (drain.Moved, drain.Undecided));
        var kill = Walked(world, new Supposition.Kill(new(5301)));
        Assert.Equal((0, 10), (kill.Moved, kill.Undecided));
    }

    [Fact]
    public void A_newcomer_takes_nobody_from_those_who_carry()
    {
        var world = new World().With(5301, 5302);
        world.ServersOf(world.Clients(100));
        var add = Walked(world, new Supposition.Add(new(5303), Lane: 77));
        Assert.Equal((0, 0), (add.Moved, add.Undecided));
        Assert.Equal(0, add.Loads.Single(of => of.Id.Value == 5303).Load.RemotesThen);
        world.Backend(5301).Dies();
        world.Settle();
        add = Walked(world, new Supposition.Add(new(5303), Lane: 77));
        Assert.InRange(add.Moved, 10, 40);
    }

    [Fact]
    public void A_walk_over_a_large_table_is_taken_in_shares_and_leaves_nobody_out()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(20_000);
        world.Control.Remotes.Admit([.. clients.Select(client => client.Endpoint.Address)]);
        var forecast = world.Control.Routes.Forecast(new Supposition.Kill(new(5301)));
        var shares = 1;
        while (forecast.Walk())
            shares++;
        Assert.InRange(shares, 4, 64);
        Assert.Equal((20_000, 10_000), (forecast.Remotes, forecast.Moved));
    }

    [Fact]
    public void Who_comes_and_goes_during_a_walk_makes_it_a_little_wrong_and_breaks_nothing()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(20_000);
        world.Control.Remotes.Admit([.. clients.Select(client => client.Endpoint.Address)]);
        var forecast = world.Control.Routes.Forecast(new Supposition.Kill(new(5301)));
        Assert.True(forecast.Walk());
        world.With(5303);
        foreach (var client in clients.Take(2_000))
        {
            world.Commands(new BackendCommand.Move(client.Endpoint.Address, new(5303)));
        }
        while (forecast.Walk())
            continue;
        Assert.InRange(forecast.Remotes, 19_000, 21_000);
        world.Control.Remotes.Admit([.. world.Clients(40_000).Select(c => c.Endpoint.Address)]);
        forecast = world.Control.Routes.Forecast(new Supposition.Kill(new(5301)));
        Assert.True(forecast.Walk());
        world.Control.Remotes.Admit([.. world.Clients(70_000).Select(c => c.Endpoint.Address)]);
        while (forecast.Walk())
            continue;
        Assert.Equal(70_000, forecast.Remotes);
    }

    static void Happens(World world, int id, int what)
    {
        switch (what)
        {
            case 0: world.Backend(id).Dies(); break;
            case 1: world.Backend(id).Listens(); break;
            case 2: world.Backend(id).Stalls(); break;
            case 3: world.Backend(id).Resumes(); break;
            case 4: world.Commands(new BackendCommand.Drain(new(id))); break;
            default: world.Commands(new BackendCommand.Enable(new(id))); break;
        }
    }

    static RouteTable.RouteForecast Walked(World world, Supposition what)
    {
        var forecast = world.Control.Routes.Forecast(what);
        while (forecast.Walk())
            continue;
        return forecast;
    }

    static (int, int)[] Counted(RouteTable.RouteForecast forecast, Func<ForecastLoad, int> count) =>
    [
        .. forecast.Loads
            .Select(of => (of.Id.Value, count(of.Load)))
            .Where(of => of.Item2 > 0),
    ];

    static (int, int)[] Served(World world, SimulatedClient[] clients) =>
    [
        .. clients
            .Select(client => world.Control.Routes.RouteOf(client.Endpoint.Address))
            .Where(route => route is { ServedBy: not null, Primary.Value: > 0 })
            .CountBy(route => route.ServedBy!.Value.Value)
            .OrderBy(of => of.Key)
            .Select(of => (of.Key, of.Value)),
    ];

    static string Others(World world, BackendId but) => string.Join(' ',
        world.Control.Sessions.Items
            .Where(session => session.Id != but)
            .OrderBy(session => session.Id)
            .Select(session => $"{session.Id} {session.State is Session.Live} "
                + $"{Departures.PartsOf(session.State, session.Leaving)}"));
}
