// AFFINITY: which backend a remote belongs to.
//
// By turn (the default, and the original's): a newcomer gets the next backend in turn (S1, S3) and
// keeps it while that backend exists. A primary that no longer exists is replaced (S4). Where
// backends have weights, the turn goes round as often as the highest weight says, and each backend
// is left out of as many rounds as it takes to give it its share; with weights of 1 there is one
// round.
//
// By rendezvous: of the backends that exist, the one of the strongest claim. Nothing is remembered
// for it, so it is the same on every host and after every restart.
//
// While a primary cannot carry, another does: by rendezvous, too, which is decided at the route
// table, or by the original's stored backup (S5, S6), decided here. A standby is nobody's primary,
// unless a client is pinned to it. Pure: the turn goes in and comes out.

namespace Balancer.Rx.Remotes;

/// <summary>Where dealing in turn has got to.</summary>
/// <param name="Last">The backend dealt last.</param>
/// <param name="Round">In which round, counted from 0.</param>
internal readonly record struct Turn(BackendId Last, int Round);

/// <summary>The backends that can be chosen now.</summary>
/// <param name="live">Those that can carry, standbys and all.</param>
/// <param name="fit">Those of them that are given remotes.</param>
/// <param name="known">Those that exist.</param>
/// <param name="policy">Weights and standbys.</param>
internal sealed class Choices(
    IEnumerable<BackendId> live, IEnumerable<BackendId> fit, IReadOnlySet<BackendId> known,
    BackendPolicy policy)
{
    public static Choices None { get; } =
        new([], [], new HashSet<BackendId>(), BackendPolicy.None);

    private readonly Weighted[] _live = Dealt(policy.Homes(live), fit.ToHashSet());

    /// <summary>Those that newcomers are dealt to, and others moved to, ascending: where nobody is
    /// fit, whoever lives will do. No standbys.</summary>
    public Weighted[] Live => _live;

    /// <summary>Those that exist and are no standbys, ascending.</summary>
    public Weighted[] Homes { get; } = policy.Homes(known);

    /// <summary>Those that exist.</summary>
    public IReadOnlySet<BackendId> Known => known;

    /// <summary>Weights and standbys.</summary>
    public BackendPolicy Policy => policy;

    /// <summary>Whether anybody carries, standbys and all.</summary>
    public bool AnyCarries { get; } = live.Any();

    public bool Carries(BackendId id) => Array.Exists(_live, backend => backend.Id == id);

    /// <summary>The next in turn (S1); there must be one.</summary>
    public Turn After(Turn last) => After(last, _live);

    /// <summary>The same if that one were gone; null: nobody is left.</summary>
    public BackendId? After(Turn last, BackendId without)
    {
        var left = Array.FindAll(_live, backend => backend.Id != without);
        return left.Length == 0 ? null : After(last, left).Last;
    }

    private static Turn After(Turn last, Weighted[] live)
    {
        var rounds = 1;
        foreach (var backend in live)
            rounds = Math.Max(rounds, backend.Weight);
        var round = last.Round % rounds;
        var next = 0;
        while (next < live.Length && live[next].Id.CompareTo(last.Last) <= 0)
            next++;
        for (; ; next = 0, round = (round + 1) % rounds)
        {
            for (; next < live.Length; next++)
            {
                if (IsDealtIn(round, live[next].Weight, rounds))
                    return new(live[next].Id, round);
            }
        }
    }

    // Of so many rounds it is dealt in as many as its weight says, as evenly as can be; so whoever
    // weighs most, in each.
    private static bool IsDealtIn(int round, int weight, int rounds) =>
        (round + 1) * weight / rounds > round * weight / rounds;

    private static Weighted[] Dealt(Weighted[] live, HashSet<BackendId> fit)
    {
        var able = Array.FindAll(live, backend => fit.Contains(backend.Id));
        return able.Length > 0 ? able : live;
    }
}

/// <summary>What was decided for a remote.</summary>
/// <param name="Remote">The remote as it shall be.</param>
/// <param name="Turn">How far the turn has got.</param>
/// <param name="Reason">Why; null: nothing changed.</param>
internal readonly record struct Decision(Remote Remote, Turn Turn, AssignedBecause? Reason);

/// <summary>The rules.</summary>
internal static class Affinity
{
    /// <summary>A client that was not known; there must be a live backend (S3).</summary>
    public static Decision Newcomer(ClientAddress address, Turn turn, Choices choices)
    {
        var next = choices.After(turn);
        return new(new(address, next.Last), next, AssignedBecause.Newcomer);
    }

    /// <summary>The same where nobody is dealt in turn; some backend must exist.</summary>
    public static Decision Chosen(ClientAddress address, Turn turn, Choices choices) =>
        new(
            new(address, Rendezvous.Choose(address.Value, choices.Homes)), turn,
            AssignedBecause.Newcomer);

    /// <summary>A client that was not known and is pinned to this backend, which exists; nobody
    /// loses a turn by it.</summary>
    public static Decision Pinned(ClientAddress address, BackendId pinned, Turn turn) =>
        new(new(address, pinned), turn, AssignedBecause.Pinned);

    /// <summary>
    /// A remote whose primary or stored backup has come or gone, under the original's policy; there
    /// must be a live backend (S4, S5, S6).
    /// </summary>
    public static Decision Again(Remote remote, Turn turn, Choices choices)
    {
        if (!choices.Known.Contains(remote.Primary))
        {
            var next = choices.After(turn);
            return new(new(remote.Address, next.Last), next, AssignedBecause.PrimaryGone);
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
        return new(
            remote with { Backup = standIn.Last }, standIn, AssignedBecause.PrimaryDown);
    }
}
