namespace Balancer.Daemon.Control;

/// <summary>
/// What kind of fact one is: each <see cref="Balancer.Rx.BalancerEvent"/> under its own name, and
/// those of single datagrams, which exist only while somebody listens. Readers see the name in
/// small letters with dashes: <c>backend-faulted</c>.
/// </summary>
internal enum FactKind : byte
{
    // ---- datagrams

    /// <summary>A datagram's outcome is known.</summary>
    Query,

    /// <summary>No backend is there for it now: it waits.</summary>
    QueryParked,

    /// <summary>It is asked of another backend.</summary>
    QueryReplayed,

    /// <summary>An answer that nobody waits for.</summary>
    StrayAnswer,

    // ---- the control plane, as BalancerEvent explains them

    DirectoryUnreadable,
    DirectoryReadable,
    EntryIgnored,
    BackendFound,
    BackendForgotten,
    BackendConnecting,
    BackendConnected,
    BackendEstablished,
    BackendSocketRemoved,
    BackendSocketReturned,
    BackendFaulted,
    BackendRetry,
    BackendSuspected,
    BackendStirred,
    BackendTrusted,
    BackendAiling,
    BackendWell,
    BackendLeaving,
    BackendOwes,
    BackendDrained,
    BackendStays,
    BackendReplaced,
    CommandRefused,
    HeartbeatSent,
    HeartbeatAnswered,
    NoBackends,
    RemoteNew,
    RemoteAssigned,
    RemotePinned,
    RemoteUnpinned,
    RemoteExpired,
    RemotesFull,
    RemotesDisplaced,
    SpreadMeasured,
    StreamAccepted,
    StreamConnecting,
    StreamEstablished,
    StreamRefused,
    StreamFinished,
    AcceptFailed,

    /// <summary>An event that this list does not know; by a test, there is none.</summary>
    Unknown,
}
