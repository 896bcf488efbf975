namespace Balancer.Rx.Remotes;

/// <summary>
/// What the data plane knows of the remotes: it counts and dates every datagram in its own table,
/// so that the cache is not touched per datagram. The sweeps ask here.
/// </summary>
public interface IRemoteActivity
{
    /// <summary>How many remotes have a route.</summary>
    int Count { get; }

    /// <summary>How many of them have this backend as their primary.</summary>
    int RemotesOf(BackendId id);

    /// <summary>How well this client is known.</summary>
    RemoteStanding StandingOf(ClientAddress client);

    /// <summary>
    /// Fills <paramref name="found"/> with remotes last heard of before this second (since 1970),
    /// and returns how many. Looks at a bounded share of all; the sweep remembers where to go on,
    /// and says when it is over. Who is found is to be removed before the next share; a remote that
    /// moves in the table meanwhile may be left for the next sweep.
    /// </summary>
    int IdleSince(uint second, Span<ClientAddress> found, ref RemoteSweep sweep);

    /// <summary>
    /// Fills <paramref name="found"/> with remotes whose primary is not where they belong by the
    /// policy, and returns how many; otherwise as <see cref="IdleSince"/>. Who is pinned elsewhere
    /// is among them.
    /// </summary>
    internal int Astray(Span<ClientAddress> found, ref RemoteSweep sweep);

    /// <summary>A look at what the remotes have sent since the last one.</summary>
    internal ITrafficLook Look();
}

/// <summary>How well a client is known.</summary>
public enum RemoteStanding
{
    /// <summary>It has no route.</summary>
    Unknown,

    /// <summary>Heard of in one second only: it may be a forged address.</summary>
    OnProbation,

    /// <summary>Heard of in two different seconds, or by TCP.</summary>
    Established,
}

/// <summary>How far a sweep over all remotes has come; a new one is at its beginning.</summary>
public struct RemoteSweep
{
    internal int Slots;
    internal int Start;
    internal int Left;

    /// <summary>All have been looked at.</summary>
    public readonly bool IsOver => Slots > 0 && Left == 0;
}

/// <summary>
/// A look at the traffic: two walks over all remotes, each in bounded shares. The first weighs the
/// backends; the second gathers who could leave those that were asked about, and ends the look: the
/// next one counts from there.
/// </summary>
internal interface ITrafficLook
{
    /// <summary>Weighs a share; whether there are more.</summary>
    bool Weigh();

    /// <summary>How many remotes are established.</summary>
    int Established { get; }

    /// <summary>Datagrams since the last look from the remotes of this backend.</summary>
    long LoadOf(BackendId id);

    /// <summary>
    /// Gather who could leave this backend: at most so many of those that weigh most, but none of
    /// more than makes it even with the other; besides, the lightest of those that would change
    /// their places, but still lower the higher of the two.
    /// </summary>
    void Seek(BackendId from, Lead lead, int most);

    /// <summary>Gathers from a share; whether there are more.</summary>
    /// <param name="mayMove">Who may be moved at all.</param>
    bool Gather(Predicate<ClientAddress> mayMove);

    /// <summary>Who was found, in no order.</summary>
    IReadOnlyList<Mover> Movers { get; }
}
