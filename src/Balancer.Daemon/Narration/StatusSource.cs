using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Daemon.Hooks;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Streams;
using DynamicData;

namespace Balancer.Daemon.Narration;

/// <summary>
/// Takes the status of a control plane, on whose loop it is used. What the core does not count by
/// itself is counted here from its facts, from construction until it is disposed.
/// </summary>
internal sealed class StatusSource : IDisposable
{
    private readonly ControlPlane _plane;
    private readonly Logs _logs;
    private readonly HookCounts _hooks;
    private readonly Tallies _tallies = new();
    private readonly Dictionary<BackendId, (string State, DateTimeOffset Since)> _states = [];
    private readonly CompositeDisposable _counting = [];

    /// <summary>Counts from now on.</summary>
    /// <param name="plane">Whose status.</param>
    /// <param name="logs">Which may lose lines.</param>
    /// <param name="hooks">Which are counted for all loops.</param>
    /// <param name="scheduler">The plane's, for the time at which a state began.</param>
    public StatusSource(ControlPlane plane, Logs logs, HookCounts hooks, IScheduler scheduler)
    {
        (_plane, _logs, _hooks) = (plane, logs, hooks);
        var states = plane.Sessions.Connect()
            .MergeMany(session => session.States.Select(_ => session));
        // An error of a stream is the narrator's to tell.
        _counting.Add(plane.Facts.Subscribe(
            fact => Note(fact.Value, fact.Timestamp), _ => { }));
        _counting.Add(states.Subscribe(session => Note(session, scheduler.Now), _ => { }));
    }

    /// <summary>The status at this moment.</summary>
    /// <param name="busiest">How many of the busiest remotes; finding them is a walk over all.
    /// </param>
    public DaemonStatus Now(int busiest = 0)
    {
        var outcomes = _plane.Data.Outcomes;
        var streams = _plane.Streams;
        return new()
        {
            Received = outcomes.Received,
            Outcomes = [.. Enum.GetValues<Outcome>().Select(outcome => outcomes[outcome])],
            InFlight = _plane.Data.InFlight,
            Strays = outcomes.Strays,
            Stateless = outcomes.Stateless,
            Replayed = outcomes.Replayed,
            Parked = _plane.Data.Parked,
            Displaced = _plane.Remotes.Displaced,
            Remotes = _plane.Remotes.Count,
            RemotesMoved = _tallies.Moved,
            StreamsAccepted = streams.Counters.Accepted,
            StreamsEnded = [.. Enum.GetValues<StreamEnd>().Select(streams.Counters.Ended)],
            StreamsOpen = streams.Count,
            StreamBytesIn = streams.Counters.BytesIn,
            StreamBytesOut = streams.Counters.BytesOut,
            LogLinesLost = _logs.Dropped,
            Hooks = _hooks.Now(),
            Backends = [.. Backends()],
            Busiest = busiest == 0 ? [] : _plane.Routes.Busiest(busiest),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _counting.Dispose();

    private void Note(BalancerEvent fact, DateTimeOffset now)
    {
        _tallies.Note(fact);
        if (fact is BalancerEvent.BackendForgotten gone)
            _states.Remove(gone.Id);
        BackendId? turned = fact switch
        {
            BalancerEvent.BackendLeaving e => e.Id,
            BalancerEvent.BackendStays e => e.Id,
            _ => null,
        };
        if (turned is { } id && _plane.Sessions.Lookup(id) is { HasValue: true } session)
            Note(session.Value, now);
    }

    private void Note(BackendSession session, DateTimeOffset now)
    {
        var name = SessionWords.Of(session.State, session.Leaving);
        if (!_states.TryGetValue(session.Id, out var last) || last.State != name)
            _states[session.Id] = (name, now);
    }

    private IEnumerable<BackendStatus> Backends()
    {
        var lanes = _plane.Data.Lanes.ToDictionary(lane => lane.Index);
        return _plane.Sessions.Items
            .OrderBy(session => session.Id)
            .Select(session => StatusOf(session, lanes[session.Lane]));
    }

    private BackendStatus StatusOf(BackendSession session, BackendLane lane)
    {
        var takes = _plane.Routes.Takes(session.Id);
        var order = _plane.Routes.Policy.OrderOf(session.Id);
        return new(session.Id, session.Backend.Path)
        {
            State = SessionWords.Of(
                session.State, session.Leaving, standsBy: order > 0 && !takes),
            Since = _states.GetValueOrDefault(session.Id).Since,
            IsLive = takes,
            Weight = _plane.Routes.Policy.WeightOf(session.Id),
            Standby = order,
            RoundTrip = session.State is Session.Live { RoundTrip.Ticks: > 0 } live
                ? live.RoundTrip
                : null,
            Outstanding = lane.Owed,
            Remotes = _plane.Routes.RemotesOf(session.Id),
            Forwarded = lane.Counters.Forwarded,
            Answered = lane.Counters.Answered,
            Strays = lane.Counters.Strays,
            Stuck = lane.Counters.Stuck,
            Unsent = lane.Unsent,
            LatencySum = lane.Counters.LatencySum,
            Latencies = [.. lane.Counters.Latencies],
            Tally = _tallies.Of(session.Id),
            Faults = _tallies.FaultsOf(session.Id),
        };
    }
}
