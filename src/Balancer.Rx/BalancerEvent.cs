// FACTS: all that the core has to say.
//
// The core has no logger. Each part emits facts; ControlPlane gathers them into one stream; whoever
// wants to know subscribes: the narrator makes sentences of them, metrics count them, a tap shows
// them, tests assert on them. Nothing flows back. The set is closed: a switch over it can be
// complete. What happens per datagram is counted (Outcomes), and told only while somebody listens,
// by another way (DatagramWatch).

namespace Balancer.Rx;

/// <summary>
/// Something that happened. Stamped with the scheduler's time where facts are gathered.
/// </summary>
public abstract record BalancerEvent
{
    private protected BalancerEvent() { }

    // ---- directory

    /// <summary>The socket directory could not be listed; known backends stay (B10).</summary>
    public sealed record DirectoryUnreadable(string Path, string Error) : BalancerEvent;

    /// <summary>The socket directory can be listed again.</summary>
    public sealed record DirectoryReadable(string Path) : BalancerEvent;

    /// <summary>
    /// An entry that cannot be a backend; told once while that is so. <paramref name="Owner"/> is
    /// the number of the user who owns it.
    /// </summary>
    public sealed record EntryIgnored(
        string Path, IgnoredBecause Reason, uint Owner = 0) : BalancerEvent;

    // ---- backends

    /// <summary>A socket has appeared, or one that was gone is back.</summary>
    public sealed record BackendFound(BackendId Id, string Path) : BalancerEvent;

    /// <summary>A backend without socket and session is no longer known.</summary>
    public sealed record BackendForgotten(BackendId Id, string Path) : BalancerEvent;

    /// <summary>A connection attempt begins.</summary>
    public sealed record BackendConnecting(BackendId Id, string Path) : BalancerEvent;

    /// <summary>Connected; CLIENT_HELLO is on its way.</summary>
    public sealed record BackendConnected(BackendId Id, string Path) : BalancerEvent;

    /// <summary>SERVER_HELLO has come: it takes queries.</summary>
    public sealed record BackendEstablished(BackendId Id, string Path) : BalancerEvent;

    /// <summary>Its socket file is gone; waiting for the directory to show it again (B5).</summary>
    public sealed record BackendSocketRemoved(BackendId Id, string Path) : BalancerEvent;

    /// <summary>Its socket file is there again: connecting at once.</summary>
    public sealed record BackendSocketReturned(BackendId Id, string Path) : BalancerEvent;

    /// <summary>The session is over (B7); <paramref name="WasLive"/> tells if it carried.</summary>
    public sealed record BackendFaulted(
        BackendId Id, string Path, FaultReason Reason, string Detail, bool WasLive) : BalancerEvent;

    /// <summary>The next attempt comes after this wait (M9).</summary>
    public sealed record BackendRetry(BackendId Id, string Path, TimeSpan After) : BalancerEvent;

    /// <summary>
    /// It owes something and has been silent for so long: others serve its remotes.
    /// </summary>
    public sealed record BackendSuspected(BackendId Id, string Path, TimeSpan Silent)
        : BalancerEvent;

    /// <summary>It was suspect for so long, and has said something.</summary>
    public sealed record BackendStirred(BackendId Id, string Path, TimeSpan After)
        : BalancerEvent;

    /// <summary>All its remotes are back with it, so long after it was heard again.</summary>
    public sealed record BackendTrusted(BackendId Id, string Path, TimeSpan After)
        : BalancerEvent;

    /// <summary>
    /// It has failed two probes in a row, or its first: others serve its remotes, if there are any.
    /// <paramref name="Rcode"/> is its last answer; null: there was none.
    /// </summary>
    public sealed record BackendAiling(BackendId Id, string Path, string Probe, int? Rcode)
        : BalancerEvent;

    /// <summary>It has passed two probes in a row again.</summary>
    public sealed record BackendWell(BackendId Id, string Path) : BalancerEvent;

    /// <summary>It leaves: new queries go to others, what it owes it may finish.</summary>
    public sealed record BackendLeaving(BackendId Id, string Path, LeavingBecause Reason)
        : BalancerEvent;

    /// <summary>While it leaves, once a second: how many answers it owes.</summary>
    public sealed record BackendOwes(BackendId Id, string Path, int Answers) : BalancerEvent;

    /// <summary>It leaves and owes nothing any more, so long after it began to.</summary>
    public sealed record BackendDrained(BackendId Id, string Path, TimeSpan After)
        : BalancerEvent;

    /// <summary>It stays after all.</summary>
    public sealed record BackendStays(BackendId Id, string Path) : BalancerEvent;

    /// <summary>It has left, and the process that has taken its place is connected to.</summary>
    public sealed record BackendReplaced(BackendId Id, string Path) : BalancerEvent;

    /// <summary>
    /// A command that was not obeyed, and why. What it does not name is zero.
    /// </summary>
    public sealed record CommandRefused(
        BackendId Id, CommandKind Command = CommandKind.Drain,
        RefusedBecause Reason = RefusedBecause.UnknownBackend, ClientAddress Client = default)
        : BalancerEvent;

    /// <summary>A heartbeat went out.</summary>
    public sealed record HeartbeatSent(BackendId Id) : BalancerEvent;

    /// <summary>It was answered.</summary>
    public sealed record HeartbeatAnswered(BackendId Id, TimeSpan RoundTrip) : BalancerEvent;

    /// <summary>Nothing can carry a query; told at most once in five seconds (M20).</summary>
    public sealed record NoBackends : BalancerEvent;

    // ---- remotes

    /// <summary>A client that was not known.</summary>
    public sealed record RemoteNew(ClientAddress Client) : BalancerEvent;

    /// <summary>A remote got a backend, for the reason given.</summary>
    public sealed record RemoteAssigned(
        ClientAddress Client, BackendId Backend, AssignedBecause Reason) : BalancerEvent;

    /// <summary>It is pinned to this backend; null: for ever.</summary>
    public sealed record RemotePinned(ClientAddress Client, BackendId Backend, TimeSpan? For)
        : BalancerEvent;

    /// <summary>It was pinned to this backend, and is so no longer.</summary>
    public sealed record RemoteUnpinned(
        ClientAddress Client, BackendId Backend, UnpinnedBecause Reason) : BalancerEvent;

    /// <summary>Unheard of for too long, and forgotten.</summary>
    public sealed record RemoteExpired(ClientAddress Client) : BalancerEvent;

    /// <summary>
    /// The table is full: newcomers take the places of those on probation, or are served without
    /// being remembered. Told at most once a minute.
    /// </summary>
    public sealed record RemotesFull(int Limit) : BalancerEvent;

    /// <summary>
    /// Since this was last told so many remotes on probation have given way to newcomers.
    /// </summary>
    public sealed record RemotesDisplaced(long Count) : BalancerEvent;

    /// <summary>
    /// What a look at the spread found, and how many remotes it moved. Most and least are what the
    /// policy goes by: datagrams since the last look, or the remotes themselves.
    /// </summary>
    public sealed record SpreadMeasured(
        int Most, int Least, BackendId Fullest, int Moved) : BalancerEvent;

    // ---- TCP

    /// <summary>A client's connection was accepted.</summary>
    public sealed record StreamAccepted(long Connection, ClientEndpoint Client) : BalancerEvent;

    /// <summary>A connection to a backend begins for it.</summary>
    public sealed record StreamConnecting(long Connection, BackendId Backend) : BalancerEvent;

    /// <summary>The backend has said INBOUND_TCP_OK.</summary>
    public sealed record StreamEstablished(long Connection, BackendId Backend) : BalancerEvent;

    /// <summary>This backend could not take it; the next one is tried, if there is one.</summary>
    public sealed record StreamRefused(
        long Connection, BackendId Backend, string Error) : BalancerEvent;

    /// <summary>
    /// It is over. If a side broke, Error is the kernel's reason (W17); else it is empty. Backend
    /// is who was tried last; null: nobody was. Lasted counts from accept().
    /// </summary>
    public sealed record StreamFinished(
        long Connection, ClientEndpoint Client, StreamEnd End, long BytesIn, long BytesOut,
        string Error = "", BackendId? Backend = null, TimeSpan Lasted = default)
        : BalancerEvent;

    /// <summary>accept() failed; the listener goes on.</summary>
    public sealed record AcceptFailed(string Error) : BalancerEvent;
}

/// <summary>Why a directory entry is no backend.</summary>
public enum IgnoredBecause
{
    /// <summary>It is a file, a directory, a link: not a socket.</summary>
    NotASocket,

    /// <summary>The path has more than 107 bytes (M21).</summary>
    PathTooLong,

    /// <summary>There are <see cref="BalancerOptions.MaxBackends"/> already.</summary>
    TooMany,

    /// <summary>Its owner is not among <see cref="BalancerOptions.BackendOwners"/> (W25).</summary>
    NotAllowed,
}

/// <summary>Why a live backend is given no new queries.</summary>
public enum LeavingBecause
{
    /// <summary>Its socket file is gone, or has been replaced by another's.</summary>
    SocketGone,

    /// <summary>It was told to (<see cref="BackendCommand.Drain"/>).</summary>
    Ordered,
}

/// <summary>Why a session ended.</summary>
public enum FaultReason
{
    /// <summary>connect() failed.</summary>
    ConnectFailed,

    /// <summary>No SERVER_HELLO in time (M5).</summary>
    HelloLate,

    /// <summary>A heartbeat was not answered in time (M7).</summary>
    HeartbeatLate,

    /// <summary>The backend closed the connection.</summary>
    Closed,

    /// <summary>The socket reported an error.</summary>
    SocketError,

    /// <summary>A frame before SERVER_HELLO (F12).</summary>
    FrameBeforeHello,

    /// <summary>A second SERVER_HELLO (F13).</summary>
    HelloTwice,

    /// <summary>A heartbeat's answer that nobody asked for (F14).</summary>
    UnexpectedHeartbeat,

    /// <summary>A frame type that does not exist, or not here (F15).</summary>
    InvalidFrame,

    /// <summary>A datagram over 1500 bytes (M16).</summary>
    Oversized,

    /// <summary>Its process is not run by one of <see cref="BalancerOptions.BackendOwners"/>
    /// (W25).</summary>
    NotAllowed,
}

/// <summary>Why a remote has the backend it has.</summary>
public enum AssignedBecause
{
    /// <summary>New here: the next backend in turn (S1, S3).</summary>
    Newcomer,

    /// <summary>Its primary no longer exists (S4).</summary>
    PrimaryGone,

    /// <summary>Its primary cannot carry: a backup, kept until it can (S6, compat only).</summary>
    PrimaryDown,

    /// <summary>Its primary carries again (S5, compat only).</summary>
    PrimaryBack,

    /// <summary>To even the spread (S10).</summary>
    Rebalanced,

    /// <summary>It is pinned to it (<see cref="BackendCommand.Pin"/>).</summary>
    Pinned,

    /// <summary>It was ordered so, once (<see cref="BackendCommand.Move"/>).</summary>
    Moved,

    /// <summary>
    /// It is where it belongs now: a backend has come or gone
    /// (<see cref="AffinityPolicy.Rendezvous"/>), or its own has become a standby.
    /// </summary>
    HighestWeight,
}
