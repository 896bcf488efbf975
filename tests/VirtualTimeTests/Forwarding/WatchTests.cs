using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Balancer.VirtualTimeTests.Whole;
using CsCheck;

namespace Balancer.VirtualTimeTests.Forwarding;

// What becomes of single datagrams is told while somebody listens, and only then.
[Collection(nameof(AllocationsAlone))]
public class WatchTests
{
    [Fact]
    public void Each_count_of_an_outcome_is_a_fact_of_it() =>
        Gen.Select(RandomHistoryTests.History, Gen.Int).Sample(
            (history, seed) =>
            {
                var world = new World(World.Small with { Seed = seed });
                var watcher = new Watcher(world);
                RandomHistoryTests.Happens(world, history);
                watcher.AgreesWith(world.Outcomes);
            },
            iter: 60);

    [Fact]
    public void Those_who_are_kept_out_or_answered_by_us_are_told_too() =>
        Gen.Select(RandomHistoryTests.History, Gen.Int).Sample(
            (history, seed) =>
            {
                var world = new World(World.Small with
                {
                    Seed = seed,
                    Allow = [Network.Parse("10.0.0.0/27")],
                    RateLimit = 5,
                    RateSlip = 2,
                    WhenEmpty = WhenEmpty.ServFail,
                    ParkPatience = TimeSpan.Zero,
                });
                var watcher = new Watcher(world);
                foreach (var (kind, backend, amount) in history)
                {
                    if (kind < 3)
                        world.Backend(backend).Appears();
                    world.Client(new ClientAddress(0x0A000000u + (uint)amount % 40)).Asks(kind);
                    world.Settle();
                }
                world.IsOver();
                watcher.AgreesWith(world.Outcomes);
            },
            iter: 100);

    [Fact]
    public void An_answer_names_the_client_the_backend_and_the_time_it_took()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = 20.Milliseconds();
        world.With(5301);
        var watcher = new Watcher(world);
        var client = world.Client("10.0.0.1", 4_711).Asks();
        world.Run(30.Milliseconds());
        var fact = Assert.Single(watcher.Facts);
        Assert.Equal(DatagramStep.Ended, fact.Step);
        Assert.Equal(Outcome.Answered, fact.Outcome);
        Assert.Equal(client.Endpoint, fact.Client);
        Assert.Equal(new BackendId(5301), fact.Backend);
        Assert.InRange(
            TimeSpan.FromTicks(fact.Latency), 20.Milliseconds(), 21.Milliseconds());
    }

    [Fact]
    public void A_replay_names_the_backend_it_was_taken_from_and_ends_with_the_one_that_answers()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301);
        var watcher = new Watcher(world);
        world.Client("10.0.0.1").Asks();
        world.Settle();
        world.With(5302);
        world.Backend(5301).Dies();
        world.Run(100.Milliseconds());
        Assert.Equal(
            [(DatagramStep.Replayed, 5301), (DatagramStep.Ended, 5302)],
            watcher.Facts.Select(fact => (fact.Step, fact.Backend.Value)));
    }

    [Fact]
    public void Who_waits_for_a_backend_is_told_and_how_that_ends()
    {
        var world = new World();
        var watcher = new Watcher(world);
        world.Client("10.0.0.1").Asks();
        Assert.Equal(DatagramStep.Parked, Assert.Single(watcher.Facts).Step);
        world.Run(10.Seconds());
        Assert.Equal(Outcome.NoBackend, watcher.Facts[^1].Outcome);
        Assert.Equal(world.Options.ParkPatience.Ticks, watcher.Facts[^1].Latency);
    }

    [Fact]
    public void A_burst_is_one_call_and_an_expiry_without_a_burst_is_told_too()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301);
        var watcher = new Watcher(world);
        world.AllAsk(world.Clients(50));
        world.Backend(5301).HeartbeatAfter = TimeSpan.Zero;
        world.Run(world.Options.AnswerPatience + 2.Seconds());
        Assert.Equal(1, watcher.Calls);
        Assert.Equal(50, watcher.Facts.Count(fact => fact.Outcome == Outcome.Expired));
    }

    [Fact]
    public void Who_has_stopped_listening_is_told_no_more()
    {
        var world = new World().With(5301);
        var watcher = new Watcher(world);
        var clients = world.Clients(5);
        world.ServersOf(clients);
        world.Control.Data.Watcher = null;
        world.ServersOf(clients);
        Assert.Equal(5, watcher.Facts.Count);
    }

    [Fact]
    public void To_be_watched_allocates_nothing()
    {
        const int warm = 100;
        var counter = new Counter();
        using var path = new DataPath();
        path.Watcher = counter;
        var bytes = new List<long>(2 * warm);
        for (var i = 0; i < 2 * warm; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            path.Forward();
            path.AnswerAll();
            bytes.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        // The runtime has its own at times; what a datagram cost would be in every burst.
        Assert.Equal(0, bytes.Skip(warm).Order().ElementAt(warm / 2));
        Assert.Equal(2 * warm * DatagramBurst.Capacity, counter.Facts);
        Assert.Equal(2 * warm, counter.Calls);
    }

    sealed class Counter : IDatagramWatcher
    {
        public long Facts { get; private set; }

        public int Calls { get; private set; }

        public void Saw(ReadOnlySpan<DatagramFact> facts)
        {
            Facts += facts.Length;
            Calls++;
        }
    }

    sealed class Watcher : IDatagramWatcher
    {
        public Watcher(World world) => world.Control.Data.Watcher = this;

        public List<DatagramFact> Facts { get; } = [];

        public int Calls { get; private set; }

        public void Saw(ReadOnlySpan<DatagramFact> facts)
        {
            Facts.AddRange(facts);
            Calls++;
        }

        public void AgreesWith(Outcomes outcomes)
        {
            foreach (var outcome in Enum.GetValues<Outcome>())
                Assert.Equal((outcome, CountOf(outcomes, outcome)), (outcome, Ended(outcome)));
            Assert.Equal(outcomes.Strays, Facts.Count(f => f.Step == DatagramStep.Stray));
            Assert.Equal(outcomes.Replayed, Facts.Count(f => f.Step == DatagramStep.Replayed));
        }

        // Of answers that were refused it is told when they are handed on, too.
        static long CountOf(Outcomes outcomes, Outcome outcome) => outcome == Outcome.Answered
            ? outcomes[Outcome.Answered] + outcomes[Outcome.AnswerNotSent]
            : outcomes[outcome];

        int Ended(Outcome outcome) => Facts.Count(
            fact => fact.Step == DatagramStep.Ended && fact.Outcome == outcome);
    }
}
