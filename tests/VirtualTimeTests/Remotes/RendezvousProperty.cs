using Balancer.Rx;
using CsCheck;

namespace Balancer.VirtualTimeTests.Remotes;

// What the choice by rendezvous promises, over random backends and weights.
public class RendezvousProperty
{
    static readonly Gen<Weighted[]> Backends =
        Gen.Select(Gen.Int[5300, 5399], Gen.Frequency((3, Gen.Int[1, 4]), (1, Gen.Int[1, 100])))
            .Array[1, 12]
            .Select(drawn => drawn
                .DistinctBy(of => of.Item1)
                .Select(of => new Weighted(new(of.Item1), of.Item2))
                .ToArray());

    [Fact]
    public void Who_comes_takes_some_from_all_and_nobody_else_moves() =>
        Gen.Select(Backends, Gen.Int[1, 100], Gen.UInt).Sample((backends, weight, first) =>
        {
            var newcomer = new Weighted(new(5400), weight);
            for (var address = first; address != first + 200; address++)
            {
                var before = Rendezvous.Choose(address, backends);
                var after = Rendezvous.Choose(address, [.. backends, newcomer]);
                Assert.True(after == before || after == newcomer.Id);
            }
        }, iter: 200);

    [Fact]
    public void The_order_in_which_they_are_told_does_not_matter() =>
        Gen.Select(Backends, Gen.UInt).Sample((backends, address) => Assert.Equal(
            Rendezvous.Choose(address, backends),
            Rendezvous.Choose(address, [.. backends.Reverse()])), iter: 2_000);

    [Fact]
    public void Of_one_that_weighs_more_than_before_nobody_leaves() =>
        Gen.Select(Backends, Gen.Int[1, 100], Gen.UInt).Sample((backends, more, first) =>
        {
            var heavier = backends[0] with
            {
                Weight = Math.Min(BackendPolicy.Most, backends[0].Weight + more),
            };
            for (var address = first; address != first + 200; address++)
            {
                var before = Rendezvous.Choose(address, backends);
                var after = Rendezvous.Choose(address, [heavier, .. backends[1..]]);
                Assert.True(after == before || after == heavier.Id);
            }
        }, iter: 200);

    // Within five standard deviations of what chance explains, and the half percent that the
    // logarithm may be off.
    [Fact]
    public void Each_gets_as_much_as_its_weight_is_a_part_of_all() =>
        Gen.Select(Backends, Gen.UInt).Sample((backends, first) =>
        {
            const int Clients = 20_000;
            var counts = Enumerable.Range(0, Clients)
                .CountBy(i => Rendezvous.Choose(first + (uint)i, backends))
                .ToDictionary();
            var all = backends.Sum(backend => backend.Weight);
            foreach (var backend in backends)
            {
                var due = (double)Clients * backend.Weight / all;
                var allowed = 5 * Math.Sqrt(due) + 0.005 * due + 1;
                Assert.InRange(
                    counts.GetValueOrDefault(backend.Id), due - allowed, due + allowed);
            }
        }, iter: 30);

    [Fact]
    public void Where_all_weigh_the_same_the_weight_does_not_matter() =>
        Gen.Select(Backends, Gen.Int[1, 100], Gen.UInt).Sample((backends, weight, address) =>
            Assert.Equal(
                Rendezvous.Choose(address, Array.ConvertAll(
                    backends, backend => backend with { Weight = 1 })),
                Rendezvous.Choose(address, Array.ConvertAll(
                    backends, backend => backend with { Weight = weight }))), iter: 1_000);

    // Another version or machine that chooses otherwise would move everybody's clients.
    [Fact]
    public void These_choices_are_for_ever()
    {
        Weighted[] plain = [new(new(5301), 1), new(new(5302), 1), new(new(5303), 1)];
        Weighted[] weighted = [new(new(5301), 1), new(new(5302), 2), new(new(5303), 4)];
        string[] clients = ["10.0.0.1", "10.0.0.2", "192.0.2.7", "198.51.100.1", "203.0.113.99"];
        Assert.Equal("5302 5301 5303 5301 5301", Chosen(plain));
        Assert.Equal("5302 5303 5303 5303 5303", Chosen(weighted));

        string Chosen(Weighted[] backends) => string.Join(' ', clients.Select(
            client => Rendezvous.Choose(ClientAddress.Parse(client).Value, backends)));
    }

    [Fact]
    public void The_logarithm_never_rises_where_its_argument_does() =>
        Gen.Select(Gen.ULong, Gen.ULong).Sample((one, other) =>
        {
            var (low, high) = (Math.Min(one, other), Math.Max(one, other));
            Assert.True(Logarithm.OfInverse(low) >= Logarithm.OfInverse(high));
        }, iter: 10_000);

    [Fact]
    public void The_logarithm_is_right_to_a_fifth_of_a_percent() =>
        Gen.Select(Gen.ULong, Gen.Int[0, 63]).Sample((drawn, shift) =>
        {
            // As often near all ones, where the winners are, as anywhere.
            foreach (var x in new[] { (drawn >> shift) | 1, ~(drawn >> shift) | 1 })
            {
                var log = Logarithm.OfInverse(x) / (double)(1ul << 32);
                var exact = x >> 63 == 0
                    ? 64 - Math.Log2(x)
                    : -Math.Log(1 - (0 - x) * Math.Pow(2, -64)) / Math.Log(2);
                Assert.InRange(log, exact * 0.998 - 1e-9, exact * 1.002 + 1e-9);
            }
        }, iter: 10_000);

    [Fact]
    public void The_logarithm_at_its_ends()
    {
        Assert.Equal(64ul << 32, Logarithm.OfInverse(0));
        Assert.Equal(64ul << 32, Logarithm.OfInverse(1));
        Assert.Equal(1ul << 32, Logarithm.OfInverse(1ul << 63));
        Assert.InRange(Logarithm.OfInverse(ulong.MaxValue), 0ul, 1ul);
    }
}
