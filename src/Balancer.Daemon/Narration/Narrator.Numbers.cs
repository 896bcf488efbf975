using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Routing;

namespace Balancer.Daemon.Narration;

// Numbers: the summary of a minute, and all statistics when somebody asks.
internal sealed partial class Narrator
{
    /// <summary>So many remotes are told of by a report.</summary>
    internal const int BusiestRemotes = 20;

    /// <summary>How often a summary is told.</summary>
    internal static readonly TimeSpan SummaryEvery = TimeSpan.FromMinutes(1);

    /// <summary>Tells once a minute what was served in it, unless nothing was.</summary>
    /// <param name="status">How the balancer stands when it is called.</param>
    /// <param name="scheduler">The time.</param>
    public IDisposable Summarize(Func<IObservable<DaemonStatus>> status, IScheduler scheduler) =>
        Observable.Interval(SummaryEvery, scheduler)
            .Select(_ => status())
            .StartWith(status())
            .Concat()
            .Buffer(count: 2, skip: 1)
            .Subscribe(minute => Summarize(minute[0], minute[^1]), Failed);

    /// <summary>All statistics, as they stand (X1, X2, X3, and what X4 says is absent).</summary>
    public void Report(DaemonStatus status)
    {
        ReportDatagrams(status);
        ReportStreams(status);
        foreach (var backend in status.Backends)
            Report(backend);
        foreach (var remote in status.Busiest)
            Report(remote);
    }

    private void Summarize(DaemonStatus before, DaemonStatus after)
    {
        var received = after.Received - before.Received;
        var outcomes = Gained(before.Outcomes, after.Outcomes);
        var accepted = after.StreamsAccepted - before.StreamsAccepted;
        var ends = Gained(before.StreamsEnded, after.StreamsEnded);
        var strays = after.Strays - before.Strays;
        var lost = after.LogLinesLost - before.LogLinesLost;
        if (received + accepted + strays + lost + outcomes.Sum() + ends.Sum() == 0)
            return;

        var answered = outcomes[(int)Outcome.Answered];
        outcomes[(int)Outcome.Answered] = 0;
        Info?.With("received", received)
            .With("answered", answered)
            .With("", Kinds.Outcomes, outcomes, onlyIfAny: true)
            .WithIfAny("strays", strays)
            .WithIfAny("stateless", after.Stateless - before.Stateless)
            .WithIfAny("replayed", after.Replayed - before.Replayed)
            .WithIfAny("parked", after.Parked)
            .WithIfAny("remotes_displaced", after.Displaced - before.Displaced)
            .With("in_flight", after.InFlight)
            .With("remotes", after.Remotes)
            .With("backends_live", after.BackendsLive)
            .With("backends_known", after.Backends.Count)
            .With("tcp_accepted", accepted)
            .With("tcp_open", after.StreamsOpen)
            .With("tcp_", Kinds.Ends, ends, onlyIfAny: true)
            .WithIfAny("log_lines_lost", lost)
            .Say("summary of the last minute");
    }

    private void ReportDatagrams(DaemonStatus status) => Info?
        .With("received", status.Received)
        .With("in_flight", status.InFlight)
        .With("", Kinds.Outcomes, status.Outcomes)
        .With("strays", status.Strays)
        .With("stateless", status.Stateless)
        .With("replayed", status.Replayed)
        .With("parked", status.Parked)
        .With("remotes", status.Remotes)
        .With("remotes_moved", status.RemotesMoved)
        .With("remotes_displaced", status.Displaced)
        .With("backends_live", status.BackendsLive)
        .With("backends_known", status.Backends.Count)
        .With("log_lines_lost", status.LogLinesLost)
        .Say("statistics");

    private void ReportStreams(DaemonStatus status) => Info?
        .With("tcp_accepted", status.StreamsAccepted)
        .With("tcp_open", status.StreamsOpen)
        .With("tcp_", Kinds.Ends, status.StreamsEnded)
        .With("bytes_in", status.StreamBytesIn)
        .With("bytes_out", status.StreamBytesOut)
        .Say("TCP statistics");

    private void Report(BackendStatus backend) => Info?
        .With("be_id", backend.Id.Value)
        .With("be_path", backend.Path)
        .With("state", backend.State)
        .With("remotes", backend.Remotes)
        .With("conn_start", backend.Tally.Starts)
        .With("conn_error", backend.Tally.Errors)
        .With("faults", backend.Tally.Faults)
        .With("udp", backend.Forwarded)
        .With("answered", backend.Answered)
        .With("strays", backend.Strays)
        .With("stuck", backend.Stuck)
        .With("unsent_bytes", backend.Unsent)
        .With("tcp", backend.Tally.Streams)
        .WithIfAny("heartbeat_ms", backend.Tally.RoundTrip)
        .WithIfAny("p50_ms", Percentile.Of(backend.Latencies, 0.5))
        .WithIfAny("p90_ms", Percentile.Of(backend.Latencies, 0.9))
        .WithIfAny("p99_ms", Percentile.Of(backend.Latencies, 0.99))
        .Say("backend statistics");

    private void Report(RemoteTraffic remote) => Info?
        .With("remote_ip", $"{remote.Address}")
        .With("be_id", remote.Primary.Value)
        .With("udp", remote.Udp)
        .With("udp_drop", remote.UdpDropped)
        .With("tcp", remote.Tcp)
        .With("tcp_drop", remote.TcpDropped)
        .With("first_seen", Field.Of(remote.FirstSeen))
        .With("last_seen", Field.Of(remote.LastSeen))
        .Say("remote statistics");

    private static long[] Gained(IReadOnlyList<long> before, IReadOnlyList<long> after) =>
        [.. after.Zip(before, (later, earlier) => later - earlier)];
}
