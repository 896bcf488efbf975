using Balancer.Daemon.Control.Top;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using CsCheck;
using Xunit;

namespace Balancer.EndToEndTests.Control.Top;

public sealed class TopTests
{
    static readonly DateTimeOffset At = new(2026, 11, 24, 17, 0, 0, TimeSpan.Zero);

    readonly TopCounter _counter = new();

    [Fact]
    public void The_busiest_clients_come_first_and_each_backend_has_its_rate_and_percentiles()
    {
        Saw(Outcome.Answered, client: 1, backend: 5301, 1, 2, 3, 4);
        Saw(Outcome.Answered, client: 2, backend: 5302, 10);
        Saw(Outcome.NotAllowed, client: 3, backend: 0, 0, 0);
        var view = View();
        Assert.Equal(7, view.Datagrams);
        Assert.Equal(
            [("10.0.0.1", 4), ("10.0.0.3", 2), ("10.0.0.2", 1)],
            view.Clients.Select(client => (client.Client, client.Count)));
        Assert.Equal(
            [(5301, 4, 2.0), (5302, 1, 0.5)],
            view.Backends.Select(b => (b.Backend, b.Answered, b.AnsweredPerSecond)));
        Assert.InRange(view.Backends[0].P50Ms!.Value, 2, 2.13);
        Assert.InRange(view.Backends[0].P99Ms!.Value, 4, 4.25);
        Assert.Empty(view.Unanswered);
    }

    [Fact]
    public void The_ten_slowest_answers_are_kept_the_slowest_first() =>
        Gen.Int[0, 1_000].Array[0, 100].Sample(latencies =>
        {
            var counter = new TopCounter();
            foreach (var latency in latencies)
                counter.Saw([Fact(Outcome.Answered, 1, 5301, latency)]);
            Assert.Equal(
                latencies.OrderDescending().Take(10),
                TopView.Of([counter], At, TimeSpan.FromSeconds(1))
                    .Slowest.Select(answer => (int)answer.LatencyMs));
        });

    [Fact]
    public void What_was_not_answered_is_counted_by_client_and_by_backend()
    {
        Saw(Outcome.Expired, client: 1, backend: 5301, 5_000, 5_000);
        Saw(Outcome.Lost, client: 2, backend: 5301, 10);
        Saw(Outcome.Displaced, client: 2, backend: 5302, 10);
        _counter.Saw([new() { Step = DatagramStep.Replayed, Backend = new(5302) }]);
        var view = View();
        Assert.Equal(
            [("10.0.0.1", 2), ("10.0.0.2", 2)],
            view.Unanswered.Select(client => (client.Client, client.Count)));
        Assert.Equal(
            [(5301, 2, 1, 0, 0), (5302, 0, 0, 1, 1)],
            view.Backends.Select(b => (b.Backend, b.Expired, b.Lost, b.Displaced, b.Replayed)));
        Assert.Null(view.Backends[0].P99Ms);
    }

    [Fact]
    public void Loops_are_put_together()
    {
        var other = new TopCounter();
        Saw(Outcome.Answered, client: 1, backend: 5301, 1);
        other.Saw([Fact(Outcome.Answered, 2, 5301, 3), Fact(Outcome.Answered, 2, 5301, 2)]);
        var view = TopView.Of([_counter, other], At, TimeSpan.FromSeconds(1));
        Assert.Equal(3, Assert.Single(view.Backends).Answered);
        Assert.Equal([3, 2, 1], view.Slowest.Select(answer => (int)answer.LatencyMs));
        Assert.Equal(["10.0.0.2", "10.0.0.1"], view.Clients.Select(client => client.Client));
    }

    [Fact]
    public void The_error_is_nothing_until_more_clients_come_than_are_counted()
    {
        for (var i = 0; i < TopCounter.Clients; i++)
            _counter.Saw([Fact(Outcome.Answered, i, 5301, 1)]);
        Assert.Equal(0, View().ClientsError);
        for (var i = 0; i < TopCounter.Clients; i++)
            _counter.Saw([Fact(Outcome.Answered, 5_000 + i, 5301, 1)]);
        Assert.Equal(2, View().ClientsError);
    }

    [Fact]
    public void A_percentile_is_right_to_a_sixteenth() =>
        Gen.Select(Gen.Long[0, 10_000_000].Array[1, 200], Gen.Double[0, 1]).Sample((all, part) =>
        {
            var counts = new LatencyCounts();
            foreach (var microseconds in all)
                counts.Add(microseconds * TimeSpan.TicksPerMicrosecond);
            var rank = Math.Max(1, (int)Math.Ceiling(part * all.Length));
            var exact = all.Order().ElementAt(rank - 1) / 1_000.0;
            Assert.InRange(counts.Percentile(part)!.Value, exact, exact * 17 / 16);
        }, iter: 1_000);

    void Saw(Outcome outcome, int client, int backend, params int[] latencies)
    {
        foreach (var latency in latencies)
            _counter.Saw([Fact(outcome, client, backend, latency)]);
    }

    TopView View() => TopView.Of([_counter], At, TimeSpan.FromSeconds(2));

    static DatagramFact Fact(Outcome outcome, int client, int backend, int ms) => new()
    {
        Client = new ClientEndpoint(new(0x0A000000u + (uint)client), 53),
        Backend = new(backend),
        Outcome = outcome,
        Latency = ms * TimeSpan.TicksPerMillisecond,
    };
}
