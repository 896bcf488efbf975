namespace Balancer.Rx;

/// <summary>What a client is told when no backend can carry its question.</summary>
public enum WhenEmpty
{
    /// <summary>Nothing: it will ask again, or somebody else.</summary>
    Drop,

    /// <summary>SERVFAIL (RFC 1035 4.1.1, RCODE 2): it may ask another server at once.</summary>
    ServFail,

    /// <summary>REFUSED (RCODE 5).</summary>
    Refused,
}

// Continuity: trust, departure, replay, parking.
public sealed partial record BalancerOptions
{
    /// <summary>
    /// How long a backend that owes something may say nothing before others serve its remotes, at
    /// the least (<c>Suspicion.cs</c>); zero: for ever, as the original, which gave its clients up
    /// for <see cref="HeartbeatPatience"/> (W8).
    /// </summary>
    public TimeSpan SuspectAfter { get; init; } = TimeSpan.FromMilliseconds(750);

    /// <summary>
    /// How long a backend that is back from a fault or from suspicion waits for its remotes; zero:
    /// it has them at once, as the original (W14).
    /// </summary>
    public TimeSpan HoldDown { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest such wait, for one that keeps failing.</summary>
    public TimeSpan HoldDownCeiling { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After the wait, how long its remotes take to be back with it, in four steps.
    /// </summary>
    public TimeSpan SlowStart { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// A live backend whose socket file is unlinked or replaced gets no new queries (the original:
    /// no effect, B8).
    /// </summary>
    public bool DrainOnUnlink { get; init; } = true;

    /// <summary>
    /// How long a replaced backend may take to answer what it owes before it is left, and the
    /// process in its place connected to.
    /// </summary>
    public TimeSpan DrainPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What a backend owes when it dies or falls silent is asked of another, once, if it is a
    /// QUERY and younger than this; zero: it is lost, as the original's (W9).
    /// </summary>
    public TimeSpan ReplayAge { get; init; } = TimeSpan.FromSeconds(1.5);

    /// <summary>
    /// How long what a dead backend owed waits before it is asked of another: who is killed with
    /// it should be dead by then, too.
    /// </summary>
    public TimeSpan ReplayPause { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// How long a question waits for a backend when none can carry; zero: it does not (S7).
    /// </summary>
    public TimeSpan ParkPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The most questions that wait so: those of 20,000 a second for
    /// <see cref="ParkPatience"/>, and some.
    /// </summary>
    public int MaxParked { get; init; } = 16_384;

    /// <summary>The most bytes of questions that wait so.</summary>
    public int MaxParkedBytes { get; init; } = 4 << 20;

    /// <summary>
    /// What a client is told whose question no backend can carry, nor could one while it was
    /// parked; the original said nothing (S7).
    /// </summary>
    public WhenEmpty WhenEmpty { get; init; } = WhenEmpty.Drop;

    /// <summary>A question that tells whether a backend has its data; null: none.</summary>
    public QueryProbe? Probe { get; init; }

    /// <summary>How often it is asked.</summary>
    public TimeSpan ProbeEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer may take.</summary>
    public TimeSpan ProbePatience { get; init; } = TimeSpan.FromSeconds(1);

    private void EnsureContinuityAgrees()
    {
        Ensure(ProbePatience > TimeSpan.Zero, "ProbePatience is positive");
        Ensure(ProbePatience < ProbeEvery, "ProbePatience < ProbeEvery");
        Ensure(SuspectAfter < HeartbeatPatience, "SuspectAfter < HeartbeatPatience");
        Ensure(HoldDown <= HoldDownCeiling, "HoldDown <= HoldDownCeiling");
        Ensure(ReplayPause <= ParkPatience || ParkPatience == TimeSpan.Zero,
            "ReplayPause <= ParkPatience");
        Ensure(MaxParked >= 0, "MaxParked is not negative");
        Ensure(MaxParkedBytes >= 0, "MaxParkedBytes is not negative");
    }
}
