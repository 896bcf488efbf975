using Balancer.Daemon.Hooks;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Routing;
using Balancer.Rx.Streams;

namespace Balancer.Daemon.Narration;

/// <summary>How the balancer stands: numbers copied at one moment.</summary>
internal sealed record DaemonStatus
{
    /// <summary>Datagrams received from clients.</summary>
    public long Received { get; init; }

    /// <summary>What became of them, by <see cref="Outcome"/>.</summary>
    public IReadOnlyList<long> Outcomes { get; init; } = new long[Kinds.Outcomes.Length];

    /// <summary>Questions in flight.</summary>
    public int InFlight { get; init; }

    /// <summary>Answers that nobody was waiting for.</summary>
    public long Strays { get; init; }

    /// <summary>Datagrams served without being remembered.</summary>
    public long Stateless { get; init; }

    /// <summary>Questions that were asked of a second backend.</summary>
    public long Replayed { get; init; }

    /// <summary>Questions that wait for a backend; they are in flight.</summary>
    public int Parked { get; init; }

    /// <summary>Remotes on probation that gave way to newcomers.</summary>
    public long Displaced { get; init; }

    /// <summary>Remotes that are remembered.</summary>
    public int Remotes { get; init; }

    /// <summary>Remotes that were moved to even the spread.</summary>
    public long RemotesMoved { get; init; }

    /// <summary>Client connections accepted.</summary>
    public long StreamsAccepted { get; init; }

    /// <summary>How those that are over ended, by <see cref="StreamEnd"/>.</summary>
    public IReadOnlyList<long> StreamsEnded { get; init; } = new long[Kinds.Ends.Length];

    /// <summary>Client connections that are open.</summary>
    public int StreamsOpen { get; init; }

    /// <summary>Bytes read from clients of connections that are over.</summary>
    public long StreamBytesIn { get; init; }

    /// <summary>Bytes written to them.</summary>
    public long StreamBytesOut { get; init; }

    /// <summary>Log lines that were lost.</summary>
    public long LogLinesLost { get; init; }

    /// <summary>What became of events that hooks are called for, as <see cref="HookCounts"/>
    /// counts.</summary>
    public IReadOnlyList<long> Hooks { get; init; } = new HookCounts().Now();

    /// <summary>The backends, by number.</summary>
    public IReadOnlyList<BackendStatus> Backends { get; init; } = [];

    /// <summary>The busiest remotes, as many as were asked for.</summary>
    public IReadOnlyList<RemoteTraffic> Busiest { get; init; } = [];

    /// <summary>The backends that take queries now.</summary>
    public int BackendsLive => Backends.Count(backend => backend.IsLive);
}

/// <summary>How a backend stands (X1, and of X4 what can be seen of it).</summary>
internal sealed record BackendStatus(BackendId Id, string Path)
{
    /// <summary>Where its session stands, in a word.</summary>
    public string State { get; init; } = "";

    /// <summary>Since when it stands there.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Whether it takes queries.</summary>
    public bool IsLive { get; init; }

    /// <summary>How much it is to carry, beside others.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>0: it is no standby; else its order among these.</summary>
    public int Standby { get; init; }

    /// <summary>The round trip of its heartbeats, smoothed; null while none was answered.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Answers that it owes now.</summary>
    public int Outstanding { get; init; }

    /// <summary>Remotes that belong to it.</summary>
    public int Remotes { get; init; }

    /// <summary>Datagrams written to its ring.</summary>
    public long Forwarded { get; init; }

    /// <summary>Answers to them.</summary>
    public long Answered { get; init; }

    /// <summary>Answers that nobody was waiting for.</summary>
    public long Strays { get; init; }

    /// <summary>Datagrams it had no room for.</summary>
    public long Stuck { get; init; }

    /// <summary>Bytes that wait to be sent to it.</summary>
    public int Unsent { get; init; }

    /// <summary>The sum of the latencies of its answers, in microseconds.</summary>
    public long LatencySum { get; init; }

    /// <summary>Latencies of its answers, as <see cref="LaneCounters.Latencies"/> counts.</summary>
    public IReadOnlyList<long> Latencies { get; init; } = [];

    /// <summary>What was counted from facts.</summary>
    public BackendTally Tally { get; init; }

    /// <summary>How often its session broke or could not be had, by reason.</summary>
    public IReadOnlyList<long> Faults { get; init; } = new long[Kinds.Faults.Length];
}

/// <summary>The names of what is counted by kind, as fields of a log line.</summary>
internal static class Kinds
{
    public static readonly string[] Outcomes = [.. Enum.GetValues<Outcome>().Select(Field.Of)];

    public static readonly string[] Ends = [.. Enum.GetValues<StreamEnd>().Select(Field.Of)];

    public static readonly string[] Faults = [.. Enum.GetValues<FaultReason>().Select(Field.Of)];
}
