// SPREAD: evening out what the backends carry (S10, W12, W13).
//
// The original looks every 15 s at the fullest backend and, if its lead over the emptiest is larger
// than the number of backends (M23), clears the lowest addresses of it: they are dealt out again in
// turn, so may land where they were, and the same clients are disturbed each time. Adding a 32nd
// backend to 31 × 1000 remotes takes it 29,085 moves where 968 are needed. It counts clients, so a
// resolver that asks for thousands weighs as much as a host that asks twice a day.
//
// Ours weighs what remotes have sent since the last look, and moves one after the other from the
// most loaded backend to the least, seen by their weights: the heaviest that makes the two at most
// even, so that they do not change places; if there is none, the lightest that still lowers the
// higher of the two. A backend from which no single move helps, as one whose load is one resolver,
// is set aside, and the others are evened. The lead shrinks with every move, so it ends.
//
// Not promised: the best spread there is (that is a knapsack), or any at all where the traffic
// changes faster than the budget allows. Pure.

namespace Balancer.Rx.Remotes;

/// <summary>How many remotes a live backend has.</summary>
internal readonly record struct Share(BackendId Backend, int Remotes);

/// <summary>What a live backend's remotes have sent since the last look.</summary>
internal readonly record struct Load(BackendId Backend, long Datagrams, int Weight = 1)
{
    /// <summary>The load on each unit of its weight: what shall be even.</summary>
    public double Level => (double)Datagrams / Weight;

    /// <summary>How far it is ahead of another.</summary>
    public Lead Over(Load other)
    {
        var ahead = Datagrams * other.Weight - other.Datagrams * Weight;
        return new(
            Math.Max(0, ahead / (Weight + other.Weight)),
            Math.Max(0, (ahead - 1) / Weight));
    }
}

/// <summary>A lead of one backend over another, as what may leave it for the other.</summary>
/// <param name="Half">So many datagrams make the two even, or nearly so.</param>
/// <param name="Most">So many at most lower the higher of the two.</param>
internal readonly record struct Lead(long Half, long Most);

/// <summary>A remote that may be moved, and what it has sent since the last look.</summary>
internal readonly record struct Mover(ClientAddress Client, BackendId From, uint Datagrams)
{
    /// <summary>
    /// Orders by weight; of equal ones by lot, so that it is not always the same addresses.
    /// </summary>
    public ulong Rank =>
        (ulong)Datagrams << 32 | Rendezvous.Lot(Client.Value, From) >> 32;
}

/// <summary>This remote shall leave this backend for that one.</summary>
internal readonly record struct Move(ClientAddress Client, BackendId From, BackendId To);

/// <summary>The plan.</summary>
internal static class Spread
{
    /// <summary>The lead of the fullest over the emptiest.</summary>
    public static int Of(ReadOnlySpan<Share> shares, out Share fullest, out Share emptiest)
    {
        (fullest, emptiest) = (shares[0], shares[0]);
        foreach (var share in shares)
        {
            if (share.Remotes > fullest.Remotes)
                fullest = share;
            if (share.Remotes < emptiest.Remotes)
                emptiest = share;
        }
        return fullest.Remotes - emptiest.Remotes;
    }

    /// <summary>
    /// The lead that is left alone, by unit of weight: this share of the mean, and what chance
    /// alone explains, which is some multiple of its root. There must be a load.
    /// </summary>
    public static double Tolerated(IReadOnlyCollection<Load> loads, double tolerance)
    {
        var mean = loads.Sum(load => (double)load.Datagrams) / loads.Sum(load => load.Weight);
        return tolerance * mean + 4 * Math.Sqrt(mean);
    }

    /// <summary>
    /// The moves that even the loads, the most useful first, at most so many; none while the lead
    /// is tolerated.
    /// </summary>
    /// <param name="loads">Of the live backends, ascending by number.</param>
    /// <param name="movers">Who may leave them.</param>
    /// <param name="tolerated">See <see cref="Tolerated"/>.</param>
    /// <param name="budget">So many moves at most.</param>
    public static IReadOnlyList<Move> Plan(
        IReadOnlyList<Load> loads, IEnumerable<Mover> movers, double tolerated, int budget)
    {
        var leaving = movers.ToLookup(mover => mover.From);
        var sides = loads
            .Select(load => new Side(load, leaving[load.Backend].OrderByDescending(m => m.Rank)))
            .ToArray();
        var plan = new List<Move>();
        while (plan.Count < budget)
        {
            var from = sides.Where(side => !side.IsSetAside).MaxBy(side => side.Load.Level);
            var to = sides.MinBy(side => side.Load.Level);
            if (from is null || to is null)
                break;
            if (from.Load.Level - to.Load.Level <= tolerated)
                break;
            if (from.Lose(from.Load.Over(to.Load)) is not { } mover)
                continue;
            from.Takes(-mover.Datagrams);
            to.Takes(mover.Datagrams);
            plan.Add(new(mover.Client, from.Load.Backend, to.Load.Backend));
        }
        return plan;
    }

    // A backend while the plan is made. The lead it is asked with hardly ever grows (another's
    // weight may do that), so who is too heavy once is too heavy from then on, but for want of
    // others.
    private sealed class Side(Load load, IEnumerable<Mover> heaviestFirst)
    {
        private readonly Queue<Mover> _waiting = new(heaviestFirst);
        private readonly Stack<Mover> _tooHeavy = new();

        public Load Load { get; private set; } = load;

        public bool IsSetAside { get; private set; }

        public void Takes(long datagrams) =>
            Load = Load with { Datagrams = Load.Datagrams + datagrams };

        public Mover? Lose(Lead lead)
        {
            while (_waiting.TryDequeue(out var mover))
            {
                if (mover.Datagrams <= lead.Half)
                    return mover;
                _tooHeavy.Push(mover);
            }
            if (_tooHeavy.TryPop(out var lightest) && lightest.Datagrams <= lead.Most)
                return lightest;
            IsSetAside = true;
            return null;
        }
    }
}
