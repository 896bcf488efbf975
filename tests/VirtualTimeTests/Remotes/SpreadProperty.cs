using Balancer.Rx;
using Balancer.Rx.Remotes;
using CsCheck;

namespace Balancer.VirtualTimeTests.Remotes;

// The plan makes the spread even by the fewest moves there are.
public class SpreadProperty
{
    static readonly Gen<int[]> Counts = Gen.Int[0, 50].Array[1, 12];

    [Fact]
    public void Afterwards_no_backend_has_more_than_one_remote_more_than_another() =>
        Counts.Sample(counts =>
        {
            var after = After(counts, out var plan);
            if (plan.Count > 0)
                Assert.InRange(after.Max() - after.Min(), 0, 1);
            Assert.Equal(counts.Sum(), after.Sum());
        }, iter: 2_000);

    [Fact]
    public void No_even_spread_is_reached_by_fewer_moves() =>
        Counts.Sample(counts =>
        {
            After(counts, out var plan);
            if (plan.Count == 0)
                return;
            // Who has more than its share must lose the rest; the fullest may keep one more.
            var (each, over) = Math.DivRem(counts.Sum(), counts.Length);
            var needed = counts.OrderDescending()
                .Select((count, i) => Math.Max(0, count - each - (i < over ? 1 : 0)))
                .Sum();
            Assert.Equal(needed, plan.Sum(transfer => transfer.Count));
            Assert.All(plan, transfer => Assert.True(transfer.Count > 0));
        }, iter: 2_000);

    [Fact]
    public void Nothing_moves_exactly_while_the_lead_is_within_the_number_of_backends() =>
        Counts.Sample(counts =>
        {
            After(counts, out var plan);
            Assert.Equal(
                counts.Length > 1 && counts.Max() - counts.Min() > counts.Length, plan.Count > 0);
        }, iter: 2_000);

    static int[] After(int[] counts, out IReadOnlyList<Transfer> plan)
    {
        Share[] shares = [.. counts.Select((count, i) => new Share(new(5301 + i), count))];
        plan = Spread.Plan(shares, RebalancePolicy.FewestMoves);
        var after = counts.ToArray();
        foreach (var (from, to, count) in plan)
        {
            after[from.Value - 5301] -= count;
            after[to!.Value.Value - 5301] += count;
            Assert.True(after[from.Value - 5301] >= 0);
        }
        return after;
    }
}
