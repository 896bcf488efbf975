using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Control;

/// <summary>
/// A fact as plain numbers: all that a filter looks at. The switch over the events is here and
/// nowhere else; a test holds it to each of them.
/// </summary>
/// <param name="Kind">Which fact.</param>
/// <param name="Backend">The backend's number; 0: it concerns none.</param>
/// <param name="Client">The client, with port 0 if only its address matters; null: none.</param>
/// <param name="Protocol">By what the client came.</param>
/// <param name="Outcome">The number of a word of <see cref="FactWords.Outcomes"/>; 0: none.</param>
/// <param name="Latency">How long it took, in ticks of 100 ns; -1: it took no time.</param>
internal readonly record struct FactFields(
    FactKind Kind,
    int Backend = 0,
    ClientEndpoint? Client = null,
    Transport Protocol = Transport.None,
    byte Outcome = 0,
    long Latency = FactFields.NoLatency)
{
    /// <summary>For <see cref="Latency"/>: there is none.</summary>
    public const long NoLatency = DatagramFact.NoLatency;

    /// <summary>The fields of a fact of one datagram.</summary>
    public static FactFields Of(in DatagramFact fact) => new(
        KindOf(fact.Step),
        fact.Backend.Value,
        fact.Client,
        Transport.Udp,
        fact.Step == DatagramStep.Ended ? FactWords.NumberOf(fact.Outcome) : (byte)0,
        fact.Latency);

    /// <summary>The fields of an event of the control plane.</summary>
    public static FactFields Of(BalancerEvent fact) => fact switch
    {
        BalancerEvent.DirectoryUnreadable => new(FactKind.DirectoryUnreadable),
        BalancerEvent.DirectoryReadable => new(FactKind.DirectoryReadable),
        BalancerEvent.EntryIgnored => new(FactKind.EntryIgnored),
        BalancerEvent.BackendFound e => new(FactKind.BackendFound, e.Id.Value),
        BalancerEvent.BackendForgotten e => new(FactKind.BackendForgotten, e.Id.Value),
        BalancerEvent.BackendConnecting e => new(FactKind.BackendConnecting, e.Id.Value),
        BalancerEvent.BackendConnected e => new(FactKind.BackendConnected, e.Id.Value),
        BalancerEvent.BackendEstablished e => new(FactKind.BackendEstablished, e.Id.Value),
        BalancerEvent.BackendSocketRemoved e => new(FactKind.BackendSocketRemoved, e.Id.Value),
        BalancerEvent.BackendSocketReturned e => new(FactKind.BackendSocketReturned, e.Id.Value),
        BalancerEvent.BackendFaulted e => new(FactKind.BackendFaulted, e.Id.Value),
        BalancerEvent.BackendRetry e => new(FactKind.BackendRetry, e.Id.Value),
        BalancerEvent.BackendSuspected e => new(FactKind.BackendSuspected, e.Id.Value),
        BalancerEvent.BackendStirred e => new(FactKind.BackendStirred, e.Id.Value),
        BalancerEvent.BackendTrusted e => new(FactKind.BackendTrusted, e.Id.Value),
        BalancerEvent.BackendAiling e => new(FactKind.BackendAiling, e.Id.Value),
        BalancerEvent.BackendWell e => new(FactKind.BackendWell, e.Id.Value),
        BalancerEvent.BackendLeaving e => new(FactKind.BackendLeaving, e.Id.Value),
        BalancerEvent.BackendOwes e => new(FactKind.BackendOwes, e.Id.Value),
        BalancerEvent.BackendDrained e => new(FactKind.BackendDrained, e.Id.Value),
        BalancerEvent.BackendStays e => new(FactKind.BackendStays, e.Id.Value),
        BalancerEvent.BackendReplaced e => new(FactKind.BackendReplaced, e.Id.Value),
        BalancerEvent.CommandRefused e => new(
            FactKind.CommandRefused, e.Id.Value,
            e.Client == default ? null : At(e.Client)),
        BalancerEvent.HeartbeatSent e => new(FactKind.HeartbeatSent, e.Id.Value),
        BalancerEvent.HeartbeatAnswered e => new(
            FactKind.HeartbeatAnswered, e.Id.Value, Latency: e.RoundTrip.Ticks),
        BalancerEvent.NoBackends => new(FactKind.NoBackends),
        _ => OfClients(fact),
    };

    private static FactFields OfClients(BalancerEvent fact) => fact switch
    {
        BalancerEvent.RemoteNew e => new(FactKind.RemoteNew, Client: At(e.Client)),
        BalancerEvent.RemoteAssigned e => new(
            FactKind.RemoteAssigned, e.Backend.Value, At(e.Client)),
        BalancerEvent.RemotePinned e => new(
            FactKind.RemotePinned, e.Backend.Value, At(e.Client)),
        BalancerEvent.RemoteUnpinned e => new(
            FactKind.RemoteUnpinned, e.Backend.Value, At(e.Client)),
        BalancerEvent.RemoteExpired e => new(FactKind.RemoteExpired, Client: At(e.Client)),
        BalancerEvent.RemotesFull => new(FactKind.RemotesFull),
        BalancerEvent.RemotesDisplaced => new(FactKind.RemotesDisplaced),
        BalancerEvent.SpreadMeasured e => new(FactKind.SpreadMeasured, e.Fullest.Value),
        BalancerEvent.StreamAccepted e => new(
            FactKind.StreamAccepted, Client: e.Client, Protocol: Transport.Tcp),
        BalancerEvent.StreamConnecting e => new(
            FactKind.StreamConnecting, e.Backend.Value, Protocol: Transport.Tcp),
        BalancerEvent.StreamEstablished e => new(
            FactKind.StreamEstablished, e.Backend.Value, Protocol: Transport.Tcp),
        BalancerEvent.StreamRefused e => new(
            FactKind.StreamRefused, e.Backend.Value, Protocol: Transport.Tcp),
        BalancerEvent.StreamFinished e => new(
            FactKind.StreamFinished, e.Backend?.Value ?? 0, e.Client, Transport.Tcp,
            FactWords.NumberOf(e.End), e.Lasted.Ticks),
        BalancerEvent.AcceptFailed => new(FactKind.AcceptFailed, Protocol: Transport.Tcp),
        _ => new(FactKind.Unknown),
    };

    private static FactKind KindOf(DatagramStep step) => step switch
    {
        DatagramStep.Ended => FactKind.Query,
        DatagramStep.Parked => FactKind.QueryParked,
        DatagramStep.Replayed => FactKind.QueryReplayed,
        _ => FactKind.StrayAnswer,
    };

    private static ClientEndpoint At(ClientAddress client) => new(client, Port: 0);
}
