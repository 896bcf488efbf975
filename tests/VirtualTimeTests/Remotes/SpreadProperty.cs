using Balancer.Rx;
using Balancer.Rx.Remotes;
using CsCheck;

namespace Balancer.VirtualTimeTests.Remotes;

// What a plan promises, over random loads: it ends, it helps, and it is short.
public class SpreadProperty
{
    // What each remote of each backend has sent: mostly little, now and then very much.
    static readonly Gen<uint> Sent = Gen.Frequency((8, Gen.UInt[1, 20]), (1, Gen.UInt[50, 2_000]));
    static readonly Gen<uint[][]> Remotes = Sent.Array[0, 40].Array[2, 10];

    [Fact]
    public void Every_move_lowers_the_higher_of_the_two_and_the_highest_of_all_never_rises() =>
        Remotes.Sample(remotes =>
        {
            var world = new Loads(remotes);
            var highest = world.Now.Max();
            foreach (var move in world.Plan(tolerated: 0, budget: int.MaxValue))
            {
                var (from, to) = (world[move.From], world[move.To]);
                world.Take(move);
                Assert.True(Math.Max(world[move.From], world[move.To]) < Math.Max(from, to));
                Assert.True(world.Now.Max() <= highest);
                highest = world.Now.Max();
            }
            Assert.Equal(remotes.Sum(r => r.Sum(sent => sent)), world.Now.Sum());
        }, iter: 1_000);

    [Fact]
    public void In_the_end_the_lead_is_tolerated_or_no_single_move_from_the_fullest_helps() =>
        Gen.Select(Remotes, Gen.Long[0, 50]).Sample((remotes, tolerated) =>
        {
            var world = new Loads(remotes);
            // A plan of many moves, then those that a look at the moved would find.
            for (var looks = 0; looks < 50; looks++)
            {
                foreach (var move in world.Plan(tolerated, budget: 25))
                    world.Take(move);
            }
            var most = world.Now.Max();
            var lead = most - world.Now.Min();
            if (lead > tolerated)
            {
                Assert.Contains(
                    world.Ids, id => world[id] == most && !world.CouldLeave(id, lead).Any());
            }
        }, iter: 500);

    [Fact]
    public void Nobody_is_moved_twice_and_never_more_than_the_budget() =>
        Gen.Select(Remotes, Gen.Int[0, 30]).Sample((remotes, budget) =>
        {
            var plan = new Loads(remotes).Plan(tolerated: 0, budget);
            Assert.InRange(plan.Count, 0, budget);
            Assert.Equal(plan.Count, plan.Select(move => move.Client).Distinct().Count());
        }, iter: 1_000);

    [Fact]
    public void A_smaller_budget_is_the_beginning_of_a_larger_one() =>
        Gen.Select(Remotes, Gen.Int[0, 30]).Sample((remotes, budget) => Assert.Equal(
            new Loads(remotes).Plan(tolerated: 0, int.MaxValue).Take(budget),
            new Loads(remotes).Plan(tolerated: 0, budget)), iter: 500);

    [Fact]
    public void Of_remotes_that_weigh_the_same_the_fewest_are_moved_that_even_the_spread() =>
        Gen.Int[0, 50].Array[2, 12].Sample(counts =>
        {
            var world = new Loads([.. counts.Select(count => Enumerable.Repeat(7u, count))]);
            var plan = world.Plan(tolerated: 7, budget: int.MaxValue);
            foreach (var move in plan)
                world.Take(move);
            Assert.InRange(world.Now.Max() - world.Now.Min(), 0, 7);
            // Who has more than its share must lose the rest; the fullest may keep one more.
            var (each, over) = Math.DivRem(counts.Sum(), counts.Length);
            var needed = counts.OrderDescending()
                .Select((count, i) => Math.Max(0, count - each - (i < over ? 1 : 0)))
                .Sum();
            Assert.Equal(needed, plan.Count);
        }, iter: 1_000);

    [Fact]
    public void A_backend_that_nothing_helps_does_not_keep_the_others_from_being_evened()
    {
        var world = new Loads([[10_000], [.. Enumerable.Repeat(1u, 1_000)], []]);
        foreach (var move in world.Plan(tolerated: 1, budget: int.MaxValue))
            world.Take(move);
        Assert.Equal([10_000, 500, 500], world.Now);
    }

    [Fact]
    public void A_lead_is_tolerated_within_a_share_of_the_mean_and_what_chance_explains()
    {
        static double Tolerated(params long[] loads) => Spread.Tolerated(
            [.. loads.Select((load, i) => new Load(new(i), load))], tolerance: 0.1);
        Assert.Equal(0, Tolerated(0, 0));
        Assert.Equal(10 + 40, Tolerated(100, 100));
        Assert.Equal(100_000 + 4_000, Tolerated(500_000, 1_500_000));
    }

    // Backends, their remotes and what each of those has sent.
    sealed class Loads
    {
        readonly List<Mover> _movers = [];
        readonly Dictionary<BackendId, long> _loads = [];

        public Loads(IReadOnlyList<IEnumerable<uint>> remotes)
        {
            for (var i = 0; i < remotes.Count; i++)
            {
                var id = new BackendId(5301 + i);
                _loads[id] = remotes[i].Sum(sent => sent);
                _movers.AddRange(remotes[i].Select((sent, n) =>
                    new Mover(new((uint)(i << 16 | n)), id, sent)));
            }
        }

        public IEnumerable<BackendId> Ids => _loads.Keys;

        public IEnumerable<long> Now => _loads.Values;

        public long this[BackendId id] => _loads[id];

        public IEnumerable<Mover> CouldLeave(BackendId id, long lead) =>
            _movers.Where(mover => mover.From == id && mover.Datagrams < lead);

        public IReadOnlyList<Move> Plan(long tolerated, int budget) => Spread.Plan(
            [.. _loads.Select(load => new Load(load.Key, load.Value))],
            _movers, tolerated, budget);

        public void Take(Move move)
        {
            var at = _movers.FindIndex(mover => mover.Client == move.Client);
            var mover = _movers[at];
            Assert.Equal(move.From, mover.From);
            _loads[move.From] -= mover.Datagrams;
            _loads[move.To] += mover.Datagrams;
            _movers[at] = mover with { From = move.To };
        }
    }
}
