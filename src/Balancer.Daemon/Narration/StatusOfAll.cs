using System.Reactive.Linq;
using Balancer.Daemon.Hooks;
using Balancer.Rx;
using Balancer.Rx.Routing;

namespace Balancer.Daemon.Narration;

/// <summary>
/// The status of all loops put together. Each loop tells its own, on its own thread and at a moment
/// of its own; what comes out is true of each, not of one instant.
/// </summary>
internal sealed class StatusOfAll : IDisposable
{
    private readonly List<(StatusSource Source, Worker Worker)> _loops;
    private readonly InheritedCounts _inherited;

    /// <summary>Counts from now on, on top of what was counted before.</summary>
    public StatusOfAll(
        IEnumerable<Worker> workers, Logs logs, HookCounts hooks,
        InheritedCounts? inherited = null)
    {
        _inherited = inherited ?? new();
        _loops =
        [
            .. workers.Select(worker =>
                (new StatusSource(worker.Plane, logs, hooks, worker.Scheduler), worker)),
        ];
    }

    /// <summary>One status, when all loops have told theirs.</summary>
    /// <param name="busiest">How many of the busiest remotes.</param>
    public IObservable<DaemonStatus> Now(int busiest = 0) =>
        Each(busiest).Select(loops => Together(loops, busiest));

    /// <summary>The status of each loop, in their order, when all have told theirs.</summary>
    public IObservable<IList<DaemonStatus>> Each(int busiest = 0) => _loops
        .Select(loop => Observable.Start(() => loop.Source.Now(busiest), loop.Worker.Scheduler))
        .Zip()
        .Select(_inherited.With);

    /// <summary>The same, once all loops have ended.</summary>
    public IList<DaemonStatus> AtEnd() =>
        _inherited.With([.. _loops.Select(loop => loop.Source.Now())]);

    /// <inheritdoc/>
    public void Dispose() => _loops.ForEach(loop => loop.Source.Dispose());

    /// <summary>Sums, and backends by their paths: each loop gives them numbers of its own, of
    /// which those of the first are told.</summary>
    internal static DaemonStatus Together(IList<DaemonStatus> loops, int busiest)
    {
        if (loops.Count == 1)
            return loops[0];
        var backends = loops.SelectMany(loop => loop.Backends)
            .GroupBy(backend => backend.Path)
            .Select(same => Together([.. same], loops.Count))
            .OrderBy(backend => backend.Id)
            .ToList();
        var told = backends.ToDictionary(backend => backend.Path, backend => backend.Id);
        return new()
        {
            Received = loops.Sum(loop => loop.Received),
            Outcomes = Sum(loops.Select(loop => loop.Outcomes)),
            InFlight = loops.Sum(loop => loop.InFlight),
            Strays = loops.Sum(loop => loop.Strays),
            Stateless = loops.Sum(loop => loop.Stateless),
            Replayed = loops.Sum(loop => loop.Replayed),
            Parked = loops.Sum(loop => loop.Parked),
            Displaced = loops.Sum(loop => loop.Displaced),
            Remotes = loops.Sum(loop => loop.Remotes),
            RemotesMoved = loops.Sum(loop => loop.RemotesMoved),
            StreamsAccepted = loops.Sum(loop => loop.StreamsAccepted),
            StreamsEnded = Sum(loops.Select(loop => loop.StreamsEnded)),
            StreamsOpen = loops.Sum(loop => loop.StreamsOpen),
            StreamBytesIn = loops.Sum(loop => loop.StreamBytesIn),
            StreamBytesOut = loops.Sum(loop => loop.StreamBytesOut),
            // One log for all, and one set of hooks.
            LogLinesLost = loops.Max(loop => loop.LogLinesLost),
            Hooks = loops[0].Hooks,
            Backends = backends,
            Busiest =
            [
                .. loops.SelectMany(loop => loop.Busiest.Select(remote => Renamed(remote, loop)))
                    .OrderByDescending(remote => remote.Udp)
                    .ThenBy(remote => remote.Address.Value)
                    .Take(busiest),
            ],
        };

        RemoteTraffic Renamed(RemoteTraffic remote, DaemonStatus loop)
        {
            var home = loop.Backends.FirstOrDefault(backend => backend.Id == remote.Primary);
            return home is null ? remote : remote with { Primary = told[home.Path] };
        }
    }

    // It is live, to people, when it is in every loop.
    internal static BackendStatus Together(IReadOnlyList<BackendStatus> same, int loops) =>
        same[0] with
        {
            State = string.Join(", ", same.Select(backend => backend.State).Distinct()),
            Since = same.Max(backend => backend.Since),
            IsLive = same.Count == loops && same.All(backend => backend.IsLive),
            RoundTrip = same.Max(backend => backend.RoundTrip),
            Outstanding = same.Sum(backend => backend.Outstanding),
            Remotes = same.Sum(backend => backend.Remotes),
            Forwarded = same.Sum(backend => backend.Forwarded),
            Answered = same.Sum(backend => backend.Answered),
            Strays = same.Sum(backend => backend.Strays),
            Stuck = same.Sum(backend => backend.Stuck),
            Unsent = same.Sum(backend => backend.Unsent),
            LatencySum = same.Sum(backend => backend.LatencySum),
            Latencies = Sum(same.Select(backend => backend.Latencies)),
            Faults = Sum(same.Select(backend => backend.Faults)),
            Tally = new(
                same.Sum(backend => backend.Tally.Starts),
                same.Sum(backend => backend.Tally.Errors),
                same.Sum(backend => backend.Tally.Streams),
                same.Sum(backend => backend.Tally.Faults),
                same.Max(backend => backend.Tally.RoundTrip)),
        };

    private static long[] Sum(IEnumerable<IReadOnlyList<long>> all) => [.. all
        .Aggregate((sum, more) => [.. sum.Zip(more, (one, other) => one + other)])];
}
