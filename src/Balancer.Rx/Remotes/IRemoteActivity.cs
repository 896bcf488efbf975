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
    /// and returns how many there are; fewer than there is room for means that there are no more.
    /// </summary>
    int IdleSince(uint second, Span<ClientAddress> found);
}
