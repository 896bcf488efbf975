using System.Text.Json.Serialization;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Control;

/// <summary>The status as JSON: what is named here is what scripts may rely on.</summary>
internal sealed record StatusView(
    string Version, string? Commit, DateTimeOffset StartedAt, double UptimeSeconds, bool Stopping,
    TotalsView Totals, IReadOnlyList<BackendView> Backends, IReadOnlyList<LoopView> Loops)
{
    public static StatusView Of(DoorContext door, IList<DaemonStatus> loops)
    {
        var all = StatusOfAll.Together(loops, busiest: 0);
        return new(
            VersionInfo.Number, VersionInfo.Commit, door.Since, door.Uptime.TotalSeconds,
            door.IsStopping, TotalsView.Of(all), [.. all.Backends.Select(BackendView.Of)],
            [
                .. loops.Select((loop, index) => new LoopView(
                    index, TotalsView.Of(loop), [.. loop.Backends.Select(BackendView.Of)])),
            ]);
    }
}

/// <summary>
/// Counts. Received is the sum of all outcomes and of what is in flight; parked ones are in flight.
/// </summary>
internal sealed record TotalsView(
    long Received, int InFlight, int Parked, IReadOnlyDictionary<string, long> Outcomes,
    long Strays, long Stateless, long Replayed, int Remotes, long RemotesMoved,
    long RemotesDisplaced, TcpView Tcp, int BackendsLive, long LogLinesLost)
{
    public static TotalsView Of(DaemonStatus status) => new(
        status.Received, status.InFlight, status.Parked,
        Named(Kinds.Outcomes, status.Outcomes), status.Strays, status.Stateless, status.Replayed,
        status.Remotes, status.RemotesMoved, status.Displaced,
        new(
            status.StreamsAccepted, status.StreamsOpen, Named(Kinds.Ends, status.StreamsEnded),
            status.StreamBytesIn, status.StreamBytesOut),
        status.BackendsLive, status.LogLinesLost);

    public static IReadOnlyDictionary<string, long> Named(
        IReadOnlyList<string> names, IReadOnlyList<long> counts) =>
        names.Zip(counts).ToDictionary(pair => pair.First, pair => pair.Second);
}

/// <summary>Clients' connections. Accepted is the sum of those open and all that have ended.
/// </summary>
internal sealed record TcpView(
    long Accepted, int Open, IReadOnlyDictionary<string, long> Ended, long BytesIn, long BytesOut);

/// <summary>One loop of several.</summary>
internal sealed record LoopView(
    int Index, TotalsView Totals, IReadOnlyList<BackendView> Backends);

/// <summary>A backend. Latencies are upper bounds: at most twice the true value.</summary>
internal sealed record BackendView(
    int Id, string Path, string State, DateTimeOffset Since, bool Live, int Weight, int Standby,
    int Remotes, int Outstanding, double? RoundTripMs, double? LastRoundTripMs, long Forwarded,
    long Answered, long Strays, long Stuck, int UnsentBytes,
    double? LatencyP50Ms, double? LatencyP99Ms,
    long LatencySumMicroseconds, long Connects, long Errors, long Tcp,
    IReadOnlyDictionary<string, long> Faults)
{
    public static BackendView Of(BackendStatus backend) => new(
        backend.Id.Value, backend.Path, backend.State, backend.Since, backend.IsLive,
        backend.Weight, backend.Standby, backend.Remotes, backend.Outstanding,
        backend.RoundTrip?.TotalMilliseconds,
        backend.Tally.RoundTrip?.TotalMilliseconds, backend.Forwarded, backend.Answered,
        backend.Strays, backend.Stuck, backend.Unsent,
        Percentile.Of(backend.Latencies, 0.5)?.TotalMilliseconds,
        Percentile.Of(backend.Latencies, 0.99)?.TotalMilliseconds, backend.LatencySum,
        backend.Tally.Starts, backend.Tally.Errors, backend.Tally.Streams,
        TotalsView.Named(Kinds.Faults, backend.Faults));
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(StatusView))]
internal sealed partial class StatusJson : JsonSerializerContext;
