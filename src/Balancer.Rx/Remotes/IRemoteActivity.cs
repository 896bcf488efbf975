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

    /// <summary>
    /// Fills <paramref name="found"/> with remotes last heard of before this second (since 1970),
    /// and returns how many. Looks at a bounded share of all; the sweep remembers where to go on,
    /// and says when it is over. Who is found is to be removed before the next share; a remote that
    /// moves in the table meanwhile may be left for the next sweep.
    /// </summary>
    int IdleSince(uint second, Span<ClientAddress> found, ref RemoteSweep sweep);
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
