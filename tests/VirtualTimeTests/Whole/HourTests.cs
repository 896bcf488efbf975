using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Whole;

// An hour of ten backends and a thousand clients, each asking once a minute.
public class HourTests
{
    const int Backends = 10;
    const int Remotes = 1_000;

    [Fact]
    public void In_an_hour_of_peace_every_query_is_answered_and_the_work_is_that_of_the_heartbeats()
    {
        var world = new World().With([.. Enumerable.Range(5301, Backends)]);
        var clients = world.Clients(Remotes);
        var changesets = 0;
        using var counting = world.Control.Remotes.Connect().Subscribe(_ => changesets++);
        for (var minute = 0; minute < 60; minute++)
        {
            foreach (var burst in clients.Chunk(10))
            {
                world.AllAsk(burst);
                world.Run(600.Milliseconds());
            }
        }

        Assert.InRange(world.Now, 60.Minutes(), 61.Minutes());
        Assert.Equal(60 * Remotes, world.Outcomes[Outcome.Answered]);
        Assert.All(clients, client => Assert.Single(client.AnsweredBy.Distinct()));
        Assert.Equal(Remotes / 10, changesets);
        Assert.Empty(world.FactsOf<BalancerEvent.BackendFaulted>());

        // Four beats a second and backend: each is due, guarded, read and answered.
        var beats = world.FactsOf<BalancerEvent.HeartbeatSent>().Count();
        Assert.InRange(beats, Backends * 3_600 * 3, Backends * 3_600 * 4);
        Assert.InRange(world.Scheduler.Scheduled, beats, beats * 6 + 60 * Remotes * 4);
        world.IsOver();
    }

    [Fact]
    public void In_an_hour_of_the_originals_timers_too()
    {
        var world = World.Compat().With([.. Enumerable.Range(5301, Backends)]);
        var clients = world.Clients(Remotes);
        for (var minute = 0; minute < 60; minute++)
        {
            world.AllAsk(clients);
            world.Run(1.Minutes());
        }
        Assert.Equal(60 * Remotes, world.Outcomes[Outcome.Answered]);
        Assert.All(clients, client => Assert.Single(client.AnsweredBy.Distinct()));
        Assert.All(
            Enumerable.Range(5301, Backends), id => Assert.IsType<Session.Live>(world.Session(id)));
    }
}
