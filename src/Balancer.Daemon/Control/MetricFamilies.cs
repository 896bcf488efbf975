// METRICS: one table of what is measured; two ways to read it.
//
// Each family has a name, a unit, a help text and a function from the status to its series; the
// text for Prometheus and the instruments of System.Diagnostics.Metrics are both made of this
// table, so they cannot disagree. Nothing is kept here: a scrape takes a status and puts it into
// words. No series names a client, so their number is bounded by the backends'.
//
// Names follow Prometheus' habits: base units (seconds, bytes), _total for what only grows.

using System.Diagnostics;
using Balancer.Daemon.Hooks;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Control;

/// <summary>What kind of number it is.</summary>
internal enum MetricKind
{
    /// <summary>Only grows, while the process runs.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>How often which values were seen.</summary>
    Histogram,
}

/// <summary>One number of a family.</summary>
/// <param name="Value">In the family's unit.</param>
/// <param name="Labels">Which one it is.</param>
/// <param name="Suffix">Of a histogram: _bucket, _sum or _count.</param>
internal readonly record struct Sample(
    double Value, (string Name, string Value)[] Labels, string Suffix = "");

/// <summary>Numbers that mean the same.</summary>
internal sealed record MetricFamily(
    string Name, MetricKind Kind, string Unit, string Help,
    Func<DaemonStatus, IEnumerable<Sample>> Read);

/// <summary>All of them.</summary>
internal static class MetricFamilies
{
    private static readonly Process Self = Process.GetCurrentProcess();

    public static IReadOnlyList<MetricFamily> All { get; } =
    [
        Gauge("mname_build_info", "", "Which build this is; always 1.", _ =>
            [new(1, [("version", VersionInfo.Number), ("commit", VersionInfo.Commit ?? "")])]),
        Counter("mname_datagrams_received_total", "Datagrams received from clients.",
            status => One(status.Received)),
        Counter("mname_queries_total",
            "What became of clients' datagrams (proto udp) and connections (proto tcp).",
            status =>
            [
                .. Each("outcome", Kinds.Outcomes, status.Outcomes, ("proto", "udp")),
                .. Each("outcome", Kinds.Ends, status.StreamsEnded, ("proto", "tcp")),
            ]),
        Gauge("mname_queries_in_flight", "", "Questions that wait for their answers.",
            status => One(status.InFlight)),
        Gauge("mname_queries_parked", "", "Of those in flight, how many wait for a backend.",
            status => One(status.Parked)),
        Counter("mname_queries_replayed_total", "Questions that were asked of a second backend.",
            status => One(status.Replayed)),
        Counter("mname_queries_stateless_total",
            "Datagrams of clients that are not remembered, since the table is full.",
            status => One(status.Stateless)),
        Counter("mname_answers_stray_total", "Answers that nobody was waiting for.",
            status => One(status.Strays)),
        Gauge("mname_remotes", "", "Clients that are remembered.", status => One(status.Remotes)),
        Counter("mname_remotes_moved_total", "Clients that were moved to even the load.",
            status => One(status.RemotesMoved)),
        Counter("mname_remotes_displaced_total",
            "Clients on probation that gave way to newcomers in a full table.",
            status => One(status.Displaced)),
        Counter("mname_tcp_accepted_total", "Clients' connections accepted.",
            status => One(status.StreamsAccepted)),
        Gauge("mname_tcp_open", "", "Clients' connections that are open.",
            status => One(status.StreamsOpen)),
        Counter("mname_tcp_bytes_total", "Bytes of clients' connections that are over.", status =>
            [
                new(status.StreamBytesIn, [("direction", "in")]),
                new(status.StreamBytesOut, [("direction", "out")]),
            ], "bytes"),
        OfBackends("mname_backend_up", MetricKind.Gauge, "Whether the backend takes queries.",
            backend => backend.IsLive ? 1 : 0),
        OfBackends("mname_backend_remotes", MetricKind.Gauge, "Clients that belong to it.",
            backend => backend.Remotes),
        OfBackends("mname_backend_outstanding", MetricKind.Gauge, "Answers that it owes.",
            backend => backend.Outstanding),
        OfBackends("mname_backend_unsent_bytes", MetricKind.Gauge,
            "Bytes that wait to be sent to it.", backend => backend.Unsent, "bytes"),
        OfBackends("mname_backend_forwarded_total", MetricKind.Counter,
            "Datagrams written to it.", backend => backend.Forwarded),
        OfBackends("mname_backend_answered_total", MetricKind.Counter,
            "Answers that came from it.", backend => backend.Answered),
        OfBackends("mname_backend_strays_total", MetricKind.Counter,
            "Answers from it that nobody was waiting for.", backend => backend.Strays),
        OfBackends("mname_backend_stuck_total", MetricKind.Counter,
            "Datagrams that it had no room for.", backend => backend.Stuck),
        OfBackends("mname_backend_connects_total", MetricKind.Counter,
            "Connections to it that were begun.", backend => backend.Tally.Starts),
        OfBackends("mname_backend_tcp_total", MetricKind.Counter,
            "Clients' connections that it took.", backend => backend.Tally.Streams),
        Counter("mname_backend_faults_total", "How often its session broke, or was not had.",
            status => status.Backends.SelectMany(backend =>
                Each("reason", Kinds.Faults, backend.Faults, Named(backend)))),
        Gauge("mname_heartbeat_rtt_seconds", "seconds",
            "Round trip of its heartbeats, smoothed: what a query would wait now.",
            status => status.Backends
                .Where(backend => backend.RoundTrip is not null)
                .Select(backend => new Sample(
                    backend.RoundTrip!.Value.TotalSeconds, [Named(backend)]))),
        new("mname_backend_latency_seconds", MetricKind.Histogram, "seconds",
            "From a question to its answer.", status => status.Backends.SelectMany(Latencies)),
        Counter("mname_hooks_total", "What became of events that hooks are called for.",
            status => HookCounts.Each(status.Hooks).Select(each => new Sample(
                each.Count, [("event", each.Event), ("outcome", each.Outcome)]))),
        Counter("mname_log_lines_lost_total", "Log lines that were lost.",
            status => One(status.LogLinesLost)),
        Gauge("process_start_time_seconds", "seconds", "When the process began, since 1970.",
            _ => One(new DateTimeOffset(Self.StartTime).ToUnixTimeMilliseconds() / 1e3)),
        Counter("process_cpu_seconds_total", "Processor time used.",
            _ => One(Environment.CpuUsage.TotalTime.TotalSeconds), "seconds"),
        Gauge("process_resident_memory_bytes", "bytes", "Memory in use.",
            _ => One(Environment.WorkingSet)),
    ];

    private static MetricFamily Counter(
        string name, string help, Func<DaemonStatus, IEnumerable<Sample>> read,
        string unit = "") => new(name, MetricKind.Counter, unit, help, read);

    private static MetricFamily Gauge(
        string name, string unit, string help, Func<DaemonStatus, IEnumerable<Sample>> read) =>
        new(name, MetricKind.Gauge, unit, help, read);

    private static MetricFamily OfBackends(
        string name, MetricKind kind, string help, Func<BackendStatus, double> value,
        string unit = "") => new(name, kind, unit, help, status => status.Backends.Select(
            backend => new Sample(value(backend), [Named(backend)])));

    private static (string, string) Named(BackendStatus backend) => ("backend", $"{backend.Id}");

    private static IEnumerable<Sample> One(double value) => [new(value, [])];

    private static IEnumerable<Sample> Each(
        string label, string[] names, IReadOnlyList<long> counts, (string, string) first) =>
        names.Zip(counts).Select(pair => new Sample(pair.Second, [first, (label, pair.First)]));

    // Counted by powers of two of microseconds; from 32 µs to 4 s, which is where answers are.
    private static IEnumerable<Sample> Latencies(BackendStatus backend)
    {
        const int first = 5, last = 22;
        var below = 0L;
        var named = Named(backend);
        for (var i = 0; i < backend.Latencies.Count; i++)
        {
            below += backend.Latencies[i];
            if (i is >= first and <= last)
            {
                var bound = Exposition.Number((1 << i) / 1e6);
                yield return new(below, [named, ("le", bound)], "_bucket");
            }
        }
        yield return new(below, [named, ("le", "+Inf")], "_bucket");
        yield return new(backend.LatencySum / 1e6, [named], "_sum");
        yield return new(below, [named], "_count");
    }
}
