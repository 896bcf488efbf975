// AFFINITY: which backend a remote belongs to.
//
// A newcomer gets the next backend in turn (S1, S3) and keeps it while that backend exists. While
// it cannot carry, another does: by rendezvous weight, which needs no state and is decided at the
// route table, or by the original's stored backup (S5, S6), decided here. A primary that no longer
// exists is replaced (S4). Pure: the turn goes in and comes out.

namespace Balancer.Rx.Remotes;

/// <summary>The backends that can be chosen now.</summary>
/// <param name="Live">Those that can carry, ascending.</param>
/// <param name="Known">Those that exist.</param>
internal sealed record Choices(BackendId[] Live, IReadOnlySet<BackendId> Known)
{
    public static Choices None { get; } = new([], new HashSet<BackendId>());

    public bool Carries(BackendId id) => Array.BinarySearch(Live, id) >= 0;

    /// <summary>The one after this in turn (S1); there must be one.</summary>
    public BackendId After(BackendId last)
    {
        var at = Array.BinarySearch(Live, last);
        var next = at >= 0 ? at + 1 : ~at;
        return Live[next % Live.Length];
    }
}

/// <summary>What was decided for a remote.</summary>
/// <param name="Remote">The remote as it shall be.</param>
/// <param name="Turn">The backend dealt last.</param>
/// <param name="Reason">Why; null: nothing changed.</param>
internal readonly record struct Decision(Remote Remote, BackendId Turn, AssignedBecause? Reason);

/// <summary>The rules.</summary>
internal static class Affinity
{
    /// <summary>A client that was not known; there must be a live backend (S3).</summary>
    public static Decision Newcomer(ClientAddress address, BackendId turn, Choices choices)
    {
        var next = choices.After(turn);
        return new(new(address, next), next, AssignedBecause.Newcomer);
    }

    /// <summary>A client that was not known and is pinned to this backend, which exists; nobody
    /// loses a turn by it.</summary>
    public static Decision Pinned(ClientAddress address, BackendId pinned, BackendId turn) =>
        new(new(address, pinned), turn, AssignedBecause.Pinned);

    /// <summary>
    /// A remote whose primary or stored backup has come or gone, under the original's policy; there
    /// must be a live backend (S4, S5, S6).
    /// </summary>
    public static Decision Again(Remote remote, BackendId turn, Choices choices)
    {
        if (!choices.Known.Contains(remote.Primary))
        {
            var next = choices.After(turn);
            return new(new(remote.Address, next), next, AssignedBecause.PrimaryGone);
        }
        if (choices.Carries(remote.Primary))
        {
            return remote.Backup is null
                ? new(remote, turn, null)
                : new(remote with { Backup = null }, turn, AssignedBecause.PrimaryBack);
        }
        if (remote.Backup is { } backup && choices.Carries(backup))
            return new(remote, turn, null);
        var standIn = choices.After(turn);
        return new(remote with { Backup = standIn }, standIn, AssignedBecause.PrimaryDown);
    }
}
