using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Narration;

/// <summary>
/// What was counted by the processes whose place this one has taken, by loop: added to what is
/// counted here, so that no count ever steps back. The former one still finishes something for a
/// moment, and says so. For any thread.
/// </summary>
internal sealed class InheritedCounts
{
    private static readonly int Buckets = new LaneCounters().Latencies.Count;

    private readonly Lock _lock = new();
    private IReadOnlyList<DaemonStatus> _loops = [];

    /// <summary>This has been counted before. If that was the last word, what had not ended by then
    /// was lost.</summary>
    public void Set(IReadOnlyList<DaemonStatus> loops, bool isLast)
    {
        lock (_lock)
            _loops = [.. loops.Select(loop => isLast ? Ended(Fitting(loop)) : Fitting(loop))];
    }

    /// <summary>Nobody is left who could finish anything.</summary>
    public void End()
    {
        lock (_lock)
            _loops = [.. _loops.Select(Ended)];
    }

    /// <summary>The status of the loops, with what was counted before them.</summary>
    public IList<DaemonStatus> With(IList<DaemonStatus> loops)
    {
        lock (_lock)
        {
            return _loops.Count == loops.Count
                ? [.. loops.Zip(_loops, Sum)]
                : loops;
        }
    }

    // What is true of now, is ours alone.
    private static DaemonStatus Sum(DaemonStatus now, DaemonStatus before) =>
        StatusOfAll.Together([now, before], busiest: 0) with
        {
            Remotes = now.Remotes,
            // That goes over with the remotes.
            Displaced = now.Displaced,
            Hooks = [.. now.Hooks.Zip(before.Hooks, (one, other) => one + other)],
            LogLinesLost = now.LogLinesLost + before.LogLinesLost,
            Busiest = now.Busiest,
            Backends =
            [
                .. now.Backends.Select(backend =>
                    before.Backends.FirstOrDefault(other => other.Path == backend.Path) is { } was
                        ? Sum(backend, was)
                        : backend),
            ],
        };

    private static BackendStatus Sum(BackendStatus now, BackendStatus before) =>
        StatusOfAll.Together([now, before], loops: 2) with
        {
            State = now.State,
            Since = now.Since,
            IsLive = now.IsLive,
            RoundTrip = now.RoundTrip,
            Remotes = now.Remotes,
            Unsent = now.Unsent,
        };

    private static DaemonStatus Ended(DaemonStatus loop)
    {
        long[] outcomes = [.. loop.Outcomes], ends = [.. loop.StreamsEnded];
        outcomes[(int)Outcome.Lost] += loop.InFlight;
        ends[(int)StreamEnd.Stopping] += loop.StreamsOpen;
        return loop with
        {
            Outcomes = outcomes,
            StreamsEnded = ends,
            InFlight = 0,
            Parked = 0,
            StreamsOpen = 0,
            Backends = [.. loop.Backends.Select(backend => backend with { Outstanding = 0 })],
        };
    }

    // Another version may count other kinds.
    private static DaemonStatus Fitting(DaemonStatus loop) => loop with
    {
        Outcomes = Fitting(loop.Outcomes, Kinds.Outcomes.Length),
        StreamsEnded = Fitting(loop.StreamsEnded, Kinds.Ends.Length),
        Hooks = Fitting(loop.Hooks, new DaemonStatus().Hooks.Count),
        Backends =
        [
            .. loop.Backends.Select(backend => backend with
            {
                Faults = Fitting(backend.Faults, Kinds.Faults.Length),
                Latencies = Fitting(backend.Latencies, Buckets),
            }),
        ],
    };

    private static long[] Fitting(IReadOnlyList<long> counts, int kinds)
    {
        var fitting = new long[kinds];
        for (var i = 0; i < Math.Min(kinds, counts.Count); i++)
            fitting[i] = counts[i];
        return fitting;
    }
}
