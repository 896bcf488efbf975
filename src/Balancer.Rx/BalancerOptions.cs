using System.Diagnostics.CodeAnalysis;

namespace Balancer.Rx;

/// <summary>How a remote finds a backend while its primary cannot carry.</summary>
public enum BackupPolicy
{
    /// <summary>The highest rendezvous weight among those that can: nothing is stored.</summary>
    Rendezvous,

    /// <summary>
    /// The original's: the next in turn, kept with the remote until it returns (S6).
    /// </summary>
    RoundRobin,
}

/// <summary>How remotes are spread again when backends join.</summary>
public enum RebalancePolicy
{
    /// <summary>
    /// By what remotes have sent since the last look: a few moves, from the most loaded backend
    /// straight to the least, within <see cref="BalancerOptions.RebalanceBudget"/>.
    /// </summary>
    ByTraffic,

    /// <summary>The original's: clear the lowest addresses of the fullest backend (S10).</summary>
    LowestAddresses,
}

/// <summary>
/// Every interval, limit and policy of the core in one record, checked against each other by
/// <see cref="Checked"/>. The names in brackets are the original's items; where a default differs
/// from them, docs/adr/0003 says why, and <see cref="Compat"/> gives the original's value.
/// </summary>
public sealed partial record BalancerOptions
{
    /// <summary>The defaults.</summary>
    public static BalancerOptions Default { get; } = new();

    /// <summary>The original's timers and policies.</summary>
    public static BalancerOptions Compat { get; } = new()
    {
        HeartbeatEvery = TimeSpan.FromSeconds(5),
        BackOffCeiling = TimeSpan.FromSeconds(33),
        BackOffJitter = 0,
        HeedHints = false,
        ReconnectOnRecreate = false,
        SuspectAfter = TimeSpan.Zero,
        HoldDown = TimeSpan.Zero,
        SlowStart = TimeSpan.Zero,
        DrainOnUnlink = false,
        ReplayAge = TimeSpan.Zero,
        ParkPatience = TimeSpan.Zero,
        OnlySockets = false,
        Backup = BackupPolicy.RoundRobin,
        Rebalance = RebalancePolicy.LowestAddresses,
        FilterDatagrams = false,
        MatchAnswers = false,
        RerouteWhenStuck = false,
        StreamConnectAttempts = 1,
    };

    // ---- directory

    /// <summary>The directory whose sockets are the backends (C5); kept as it was given.</summary>
    public string SocketDirectory { get; init; } = "";

    /// <summary>How often it is listed even if nothing was heard from it (M2).</summary>
    public TimeSpan ListEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After a hint, how long further hints are gathered into the same listing.</summary>
    public TimeSpan ListGather { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// List it at once when the file system says something changed (the original: no).
    /// </summary>
    public bool HeedHints { get; init; } = true;

    /// <summary>Only sockets become backends; the original took every entry (B1).</summary>
    public bool OnlySockets { get; init; } = true;

    /// <summary>
    /// The users, by number, whose sockets may be backends; null: anybody's. Whoever may write the
    /// directory would else be a DNS server (W25), so the daemon always says who, compat or not.
    /// </summary>
    public IReadOnlySet<uint>? BackendOwners { get; init; }

    /// <summary>More sockets than this are left out, and said so.</summary>
    public int MaxBackends { get; init; } = 256;

    // ---- sessions

    /// <summary>From connect to SERVER_HELLO (M5).</summary>
    public TimeSpan HelloPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// From the last answer to the next heartbeat (M6: 5 s). Short by default, since a round trip
    /// is the queueing delay that a query sees now.
    /// </summary>
    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long a heartbeat may stay unanswered before the session is rebuilt (M7).
    /// </summary>
    public TimeSpan HeartbeatPatience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The longest wait before a reconnect (M9: 33 s).</summary>
    public TimeSpan BackOffCeiling { get; init; } = TimeSpan.FromSeconds(32);

    /// <summary>
    /// The share of a wait that is drawn by lot, 0 to 1: the wait only gets shorter.
    /// </summary>
    public double BackOffJitter { get; init; } = 0.25;

    /// <summary>
    /// How soon to try again when the backend's listen queue is full: AF_UNIX says EAGAIN then,
    /// which is no fault of the backend.
    /// </summary>
    public TimeSpan BusyRetry { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Reconnect at once when the socket file is a new one (the original waited, B4).
    /// </summary>
    public bool ReconnectOnRecreate { get; init; } = true;

    // ---- remotes

    /// <summary>A remote unheard of for longer than this is forgotten (M19).</summary>
    public TimeSpan RemoteIdle { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>How often idle remotes are looked for (M4).</summary>
    public TimeSpan ExpireEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often the spread is looked at (M3).</summary>
    public TimeSpan RebalanceEvery { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How remotes are spread again.</summary>
    public RebalancePolicy Rebalance { get; init; } = RebalancePolicy.ByTraffic;

    /// <summary>
    /// By traffic: the share of the established remotes that may be moved in any minute, 0 to 1; or
    /// one for each look, where that is more. 0: nobody is moved.
    /// </summary>
    public double RebalanceBudget { get; init; } = 0.01;

    /// <summary>
    /// By traffic: a lead of the most loaded backend over the least is left alone while it is
    /// within this share of the mean, beside what chance explains.
    /// </summary>
    public double RebalanceTolerance { get; init; } = 0.1;

    /// <summary>
    /// By traffic: whoever was moved stays for so long; at least a minute.
    /// </summary>
    public TimeSpan RebalanceCoolDown { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Who serves a remote whose primary cannot.</summary>
    public BackupPolicy Backup { get; init; } = BackupPolicy.Rendezvous;

    /// <summary>
    /// So many remotes are remembered. Beyond that newcomers take the places of those who are still
    /// on probation, or are served without being remembered.
    /// </summary>
    public int MaxRemotes { get; init; } = 262_144;

    /// <summary>
    /// When the table is full, so many remotes on probation give way to newcomers in a second, so
    /// that a flood of forged addresses costs no more than that. 0: nobody gives way.
    /// </summary>
    public int DisplacedPerSecond { get; init; } = 4_096;

    /// <summary>So many clients can be pinned; 65,536 at most.</summary>
    public int MaxPins { get; init; } = 1_024;

    /// <summary>At most so many remotes are moved or forgotten in one turn of the loop.</summary>
    public int SweepShare { get; init; } = 4_096;

    // ---- datagrams

    /// <summary>Bytes of each backend's ring: the bound on what waits to be sent to it.</summary>
    public int RingBytes { get; init; } = 1 << 20;

    /// <summary>The most questions in flight, over all backends; a power of two.</summary>
    public int JournalEntries { get; init; } = 1 << 16;

    /// <summary>A question unanswered for longer has expired; a later answer is a stray.</summary>
    public TimeSpan AnswerPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Drop what cannot be a question: under 12 bytes, QR = 1, port 0, an address that cannot be
    /// answered. The original passed all of it on (W26).
    /// </summary>
    public bool FilterDatagrams { get; init; } = true;

    /// <summary>Pass only answers to somebody who asked (the original passed all, U7).</summary>
    public bool MatchAnswers { get; init; } = true;

    /// <summary>
    /// When a backend takes no more, its datagrams go to the backup; the original dropped them
    /// (U4).
    /// </summary>
    public bool RerouteWhenStuck { get; init; } = true;

    // ---- TCP
    // See BalancerOptions.Streams.cs.

    // ---- stopping

    /// <summary>How long what is in flight may take to finish after a stop.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The secret of the hash tables: drawn by the daemon, so that nobody outside can choose keys
    /// that collide. Decides nothing that can be seen.
    /// </summary>
    public ulong HashSeed { get; init; }

    /// <summary>The seed of everything drawn by lot, so that a run can be replayed.</summary>
    public int Seed { get; init; }

    /// <summary>These options, once it is sure that they make sense together.</summary>
    /// <exception cref="ArgumentException">They do not; the message names the pair.</exception>
    public BalancerOptions Checked()
    {
        Ensure(SocketDirectory.Length > 0, "a socket directory is needed");
        Ensure(HeartbeatEvery > TimeSpan.Zero, "heartbeats need an interval");
        Ensure(HeartbeatEvery < HeartbeatPatience, "HeartbeatEvery < HeartbeatPatience");
        Ensure(BackOffJitter is >= 0 and <= 1, "BackOffJitter is a share, 0 to 1");
        Ensure(ExpireEvery <= RemoteIdle, "ExpireEvery <= RemoteIdle");
        Ensure(BackendOwners is not { Count: 0 }, "BackendOwners is null or names somebody");
        Ensure(MaxBackends is > 0 and <= 1_000, "MaxBackends is 1 to 1000");
        Ensure(MaxRemotes > 0 && SweepShare > 0, "MaxRemotes and SweepShare are positive");
        Ensure(DisplacedPerSecond >= 0, "DisplacedPerSecond is not negative");
        Ensure(MaxPins is >= 0 and <= 65_536, "MaxPins is 0 to 65536");
        Ensure(RebalanceBudget is >= 0 and <= 1, "RebalanceBudget is a share, 0 to 1");
        Ensure(RebalanceTolerance >= 0, "RebalanceTolerance is not negative");
        Ensure(
            RebalanceCoolDown >= TimeSpan.FromMinutes(1),
            "RebalanceCoolDown is at least a minute");
        Ensure(RingBytes >= 2 * Protocol.FrameSize.Max, "the ring holds at least two frames");
        Ensure(IsPowerOfTwo(RingBytes), "RingBytes is a power of two");
        Ensure(IsPowerOfTwo(JournalEntries), "JournalEntries is a power of two");
        Ensure(AnswerPatience < RemoteIdle, "AnswerPatience < RemoteIdle");
        Ensure(StopPatience >= TimeSpan.FromSeconds(1), "StopPatience is a second or more");
        EnsureAffinityAgrees();
        EnsureContinuityAgrees();
        EnsureProtectionAgrees();
        EnsureStreamsAgree();
        return this;
    }

    private static bool IsPowerOfTwo(int n) => System.Numerics.BitOperations.IsPow2(n);

    private static void Ensure([DoesNotReturnIf(false)] bool holds, string rule)
    {
        if (!holds)
            throw new ArgumentException($"options do not agree: {rule}");
    }
}
