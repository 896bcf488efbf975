using System.Collections.Immutable;
using Balancer.Rx;
using Serilog.Events;

namespace Balancer.Daemon.Narration;

// Clients: who they are given to, and their TCP connections. All of it per client, so all of it
// debug or trace, but for what an operator has ordered; what an operator must know of it anyway is
// counted in the summary.
internal sealed partial class Narrator
{
    private readonly Dictionary<long, ImmutableArray<LogEventProperty>> _streams = [];

    private bool OfRemotes(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.RemoteNew e:
                Debug?.With("remote_ip", $"{e.Client}").Say("new remote peer");
                return true;
            case BalancerEvent.RemoteAssigned e:
                Debug?.With("remote_ip", $"{e.Client}")
                    .With("be_id", e.Backend.Value)
                    .With("cause", Field.Of(e.Reason))
                    .Say(HowAssigned(e.Reason));
                return true;
            case BalancerEvent.RemoteExpired e:
                Debug?.With("remote_ip", $"{e.Client}").Say("expiring remote entry");
                return true;
            case BalancerEvent.RemotePinned e:
                var pinned = Info?.With("remote_ip", $"{e.Client}").With("be_id", e.Backend.Value);
                if (e.For is { } span)
                    pinned = pinned?.With("for_secs", Math.Round(span.TotalSeconds, 3));
                pinned?.Say("remote pinned to backend");
                return true;
            case BalancerEvent.RemoteUnpinned e:
                Info?.With("remote_ip", $"{e.Client}")
                    .With("be_id", e.Backend.Value)
                    .With("cause", Field.Of(e.Reason))
                    .Say("remote no longer pinned to backend");
                return true;
            case BalancerEvent.RemotesFull e:
                Warn?.With("limit", e.Limit)
                    .Say("remote table is full: newcomers displace those on probation, "
                        + "or are served without being remembered");
                return true;
            case BalancerEvent.RemotesDisplaced e:
                Info?.With("count", e.Count).Say("remotes on probation gave way to newcomers");
                return true;
            case BalancerEvent.SpreadMeasured { Moved: > 0 } e:
                With(e, Info)?.With("moved", e.Moved).Say(Rebalancing);
                return true;
            case BalancerEvent.SpreadMeasured e:
                With(e, Trace)?.Say("balancer spread statistics");
                return true;
            default:
                return false;
        }
    }

    private const string Rebalancing = "rebalancing to reduce spread";

    private static Line? With(BalancerEvent.SpreadMeasured spread, Line? line) => line?
        .With("max_count", spread.Most)
        .With("min_count", spread.Least)
        .With("max_be_id", spread.Fullest.Value)
        .With("spread", spread.Most - spread.Least);

    private static string HowAssigned(AssignedBecause reason) => reason switch
    {
        AssignedBecause.PrimaryDown => "remote assigned to new backup backend",
        AssignedBecause.PrimaryBack => "remote assigned to original primary backend",
        AssignedBecause.Rebalanced => Rebalancing,
        AssignedBecause.Pinned => "remote given to the backend that it is pinned to",
        AssignedBecause.Moved => "remote moved by command",
        AssignedBecause.HighestWeight => "remote belongs to another backend now",
        _ => "remote assigned to new primary backend",
    };

    private bool OfStreams(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.StreamAccepted e:
                if (Debug is { } accepted)
                {
                    var child = Of(accepted, e.Connection, e.Client);
                    _streams[e.Connection] = child.Fields;
                    child.Say("inbound TCP connection");
                }
                return true;
            case BalancerEvent.StreamConnecting e:
                About(e.Connection, Trace)?.With("backend", e.Backend.Value)
                    .Say("connecting to backend");
                return true;
            case BalancerEvent.StreamEstablished e:
                About(e.Connection, Debug)?.With("backend", e.Backend.Value)
                    .Say("connected to backend");
                return true;
            case BalancerEvent.StreamRefused e:
                About(e.Connection, Debug)?.With("backend", e.Backend.Value)
                    .With("error", e.Error)
                    .Say("failed to connect");
                return true;
            case BalancerEvent.StreamFinished e:
                _streams.Remove(e.Connection);
                if (Debug is { } finished)
                {
                    Of(finished, e.Connection, e.Client)
                        .With("end", Field.Of(e.End))
                        .WithIfAny("error", e.Error)
                        .With("bytes_in", e.BytesIn)
                        .With("bytes_out", e.BytesOut)
                        .Say("proxy connection finished");
                }
                return true;
            case BalancerEvent.AcceptFailed e:
                Warn?.With("error", e.Error).Say("incoming TCP accept failure");
                return true;
            default:
                return false;
        }
    }

    private static Line Of(Line line, long connection, ClientEndpoint client) => line
        .With("conn_id", connection)
        .With("remote_ip", $"{client.Address}")
        .With("remote_port", client.Port);

    // With the connection's name if it has one: it has none if debug was not told when it came.
    private Line? About(long connection, Line? line) =>
        line is not { } told ? null
        : _streams.TryGetValue(connection, out var child) ? told with { Fields = child }
        : told.With("conn_id", connection);
}
