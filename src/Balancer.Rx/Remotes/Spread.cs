// SPREAD: evening out what the backends carry (S10, W12, W13).
//
// The original looks every 15 s at the fullest backend and, if its lead over the emptiest is larger
// than the number of backends (M23), clears the lowest addresses of it: they are dealt out again in
// turn, so may land where they were, and the same clients are disturbed each time. Adding a 32nd
// backend to 31 × 1000 remotes takes it 29,085 moves where 968 are needed. It counts clients, so a
// resolver that asks for thousands weighs as much as a host that asks twice a day.
//
// Ours weighs what remotes have sent since the last look, and moves one after the other from the
// most loaded backend to the least: the heaviest that makes at most half the lead, so that the two
// do not change places; if there is none, the lightest that still lowers the higher of the two. A
// backend from which no single move helps, as one whose load is one resolver, is set aside, and the
// others are evened. The lead shrinks with every move, so it ends.
//
// Not promised: the best spread there is (that is a knapsack), or any at all where the traffic
// changes faster than the budget allows. Pure.

namespace Balancer.Rx.Remotes;

/// <summary>How many remotes a live backend has.</summary>
internal readonly record struct Share(BackendId Backend, int Remotes);

/// <summary>What a live backend's remotes have sent since the last look.</summary>
internal readonly record struct Load(BackendId Backend, long Datagrams);

/// <summary>A remote that may be moved, and what it has sent since the last look.</summary>
internal readonly record struct Mover(ClientAddress Client, BackendId From, uint Datagrams)
{
    /// <summary>
    /// Orders by weight; of equal ones by lot, so that it is not always the same addresses.
    /// </summary>
    public ulong Rank =>
        (ulong)Datagrams << 32 | Rendezvous.Weight(Client.Value, From) >> 32;
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
    /// The lead that is left alone: this share of the mean, and what chance alone explains, which
    /// is some multiple of its root. There must be a load.
    /// </summary>
    public static double Tolerated(IReadOnlyCollection<Load> loads, double tolerance)
    {
        var mean = loads.Average(load => (double)load.Datagrams);
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
            var from = sides.Where(side => !side.IsSetAside).MaxBy(side => side.Datagrams);
            var to = sides.MinBy(side => side.Datagrams);
            if (from is null || to is null)
                break;
            var lead = from.Datagrams - to.Datagrams;
            if (lead <= tolerated)
                break;
            if (from.Lose(lead) is not { } mover)
                continue;
            from.Datagrams -= mover.Datagrams;
            to.Datagrams += mover.Datagrams;
            plan.Add(new(mover.Client, from.Backend, to.Backend));
        }
        return plan;
    }

    // A backend while the plan is made. The lead it is asked with never grows, so who is too heavy
    // once is too heavy from then on, but for want of others.
    private sealed class Side(Load load, IEnumerable<Mover> heaviestFirst)
    {
        private readonly Queue<Mover> _waiting = new(heaviestFirst);
        private readonly Stack<Mover> _tooHeavy = new();

        public BackendId Backend => load.Backend;

        public long Datagrams { get; set; } = load.Datagrams;

        public bool IsSetAside { get; private set; }

        public Mover? Lose(long lead)
        {
            while (_waiting.TryDequeue(out var mover))
            {
                if (mover.Datagrams <= lead / 2)
                    return mover;
                _tooHeavy.Push(mover);
            }
            if (_tooHeavy.TryPop(out var lightest) && lightest.Datagrams < lead)
                return lightest;
            IsSetAside = true;
            return null;
        }
    }
}
