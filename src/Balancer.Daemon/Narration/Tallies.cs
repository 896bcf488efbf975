using Balancer.Rx;

namespace Balancer.Daemon.Narration;

/// <summary>What is counted of a backend by listening to the facts.</summary>
/// <param name="Starts">Connections begun, for the session and for clients (conn_start).</param>
/// <param name="Errors">… that failed or broke (conn_error).</param>
/// <param name="Streams">Clients' connections that it took (tcp).</param>
/// <param name="Faults">Sessions that carried and broke.</param>
/// <param name="RoundTrip">How long its last heartbeat took; null: none was answered yet.</param>
internal readonly record struct BackendTally(
    long Starts, long Errors, long Streams, long Faults, TimeSpan? RoundTrip);

/// <summary>The tallies of all backends. One that is forgotten takes its tally with it.</summary>
internal sealed class Tallies
{
    private readonly Dictionary<BackendId, BackendTally> _backends = [];
    private readonly Dictionary<BackendId, long[]> _faults = [];

    /// <summary>Remotes that were moved to even the spread.</summary>
    public long Moved { get; private set; }

    /// <summary>This backend's tally.</summary>
    public BackendTally Of(BackendId id) => _backends.GetValueOrDefault(id);

    /// <summary>How often this backend's session broke or could not be had, by reason.</summary>
    public IReadOnlyList<long> FaultsOf(BackendId id) =>
        _faults.TryGetValue(id, out var faults) ? [.. faults] : new long[Kinds.Faults.Length];

    /// <summary>Takes a fact into account.</summary>
    public void Note(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.BackendConnecting e:
                _backends[e.Id] = Of(e.Id) with { Starts = Of(e.Id).Starts + 1 };
                break;
            case BalancerEvent.BackendFaulted e:
                _backends[e.Id] = Of(e.Id) with
                {
                    Errors = Of(e.Id).Errors + 1,
                    Faults = Of(e.Id).Faults + (e.WasLive ? 1 : 0),
                };
                _faults.TryAdd(e.Id, new long[Kinds.Faults.Length]);
                _faults[e.Id][(int)e.Reason]++;
                break;
            case BalancerEvent.BackendForgotten e:
                _backends.Remove(e.Id);
                _faults.Remove(e.Id);
                break;
            case BalancerEvent.HeartbeatAnswered e:
                _backends[e.Id] = Of(e.Id) with { RoundTrip = e.RoundTrip };
                break;
            case BalancerEvent.StreamConnecting e:
                _backends[e.Backend] = Of(e.Backend) with { Starts = Of(e.Backend).Starts + 1 };
                break;
            case BalancerEvent.StreamRefused e:
                _backends[e.Backend] = Of(e.Backend) with { Errors = Of(e.Backend).Errors + 1 };
                break;
            case BalancerEvent.StreamEstablished e:
                _backends[e.Backend] = Of(e.Backend) with { Streams = Of(e.Backend).Streams + 1 };
                break;
            case BalancerEvent.SpreadMeasured e:
                Moved += e.Moved;
                break;
        }
    }
}
