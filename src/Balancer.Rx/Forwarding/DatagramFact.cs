namespace Balancer.Rx.Forwarding;

/// <summary>What a <see cref="DatagramFact"/> tells.</summary>
public enum DatagramStep : byte
{
    /// <summary>Its outcome is known: the last that is told of it.</summary>
    Ended,

    /// <summary>No backend is there for it: it waits for one.</summary>
    Parked,

    /// <summary>
    /// Its backend has died or is silent, and it is asked of another, now or in a moment.
    /// </summary>
    Replayed,

    /// <summary>An answer came that nobody was waiting for.</summary>
    Stray,
}

/// <summary>
/// A fact of one datagram, while somebody listens (<see cref="DataPlane.Watcher"/>). Nothing of the
/// question is in it: what a client asks for is its own affair.
/// </summary>
public struct DatagramFact
{
    /// <summary>For <see cref="Latency"/>: it was not under way at all.</summary>
    public const long NoLatency = -1;

    /// <summary>When, in <see cref="ITicks"/>.</summary>
    public long At;

    /// <summary>How long it was under way, in the same units, or <see cref="NoLatency"/>.</summary>
    public long Latency;

    /// <summary>Who asked; only of an answer that the kernel refused it is not known.</summary>
    public ClientEndpoint? Client;

    /// <summary>
    /// Who answered it, owes it, or has lost it; for a replay, from whom it was taken; the default:
    /// nobody.
    /// </summary>
    public BackendId Backend;

    /// <summary>What is told.</summary>
    public DatagramStep Step;

    /// <summary>If it has ended: how.</summary>
    public Outcome Outcome;
}

/// <summary>Somebody who listens to single datagrams.</summary>
public interface IDatagramWatcher
{
    /// <summary>
    /// Told once per burst what became of its datagrams, and of others meanwhile; more often if
    /// that is very much. The facts are gone when this returns.
    /// </summary>
    void Saw(ReadOnlySpan<DatagramFact> facts);
}
