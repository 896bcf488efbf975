using Balancer.Daemon.Control.Top;
using Balancer.EndToEndTests.Support;
using CsCheck;
using Xunit;

namespace Balancer.EndToEndTests.Control.Top;

[Collection(nameof(AllocationsAlone))]
public sealed class SpaceSavingProperty
{
    // Few keys come often, many seldom.
    static readonly Gen<uint> Keys =
        Gen.OneOf(Gen.UInt[0, 3], Gen.UInt[0, 3], Gen.UInt[0, 20], Gen.UInt[0, 500], Gen.UInt);

    [Fact]
    public void A_count_is_never_too_low_and_too_high_by_its_error_at_most() =>
        Gen.Select(Gen.Int[1, 30], Keys.Array[0, 2_000]).Sample((size, keys) =>
        {
            var (sketch, truth) = Count(size, keys);
            Assert.Equal(keys.Length, sketch.Total);
            Assert.Equal(Math.Min(size, truth.Count), sketch.Entries.Length);
            foreach (var (key, count, error) in sketch.Entries)
            {
                Assert.InRange(count, truth[key], truth[key] + error);
                Assert.InRange(error, 0, keys.Length / size);
            }
        }, iter: 1_000);

    [Fact]
    public void Whoever_came_more_often_than_its_share_is_in_it() =>
        Gen.Select(Gen.Int[1, 30], Keys.Array[0, 2_000]).Sample((size, keys) =>
        {
            var (sketch, truth) = Count(size, keys);
            var there = sketch.Entries.Select(entry => entry.Key).ToHashSet();
            Assert.All(
                truth.Where(one => one.Value > keys.Length / size),
                one => Assert.Contains(one.Key, there));
        }, iter: 1_000);

    [Fact]
    public void While_all_have_room_it_is_exact() =>
        Keys.Array[0, 300].Sample(keys =>
        {
            var (sketch, truth) = Count(300, keys);
            Assert.Equal(
                truth.OrderBy(one => one.Key).Select(one => (one.Key, one.Value, 0L)),
                sketch.Entries.OrderBy(e => e.Key).Select(e => (e.Key, e.Count, e.Error)));
        });

    [Fact]
    public void It_allocates_nothing_however_many_come()
    {
        var sketch = new SpaceSaving(1_024);
        for (var i = 0u; i < 10_000; i++)
            sketch.Add(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0u; i < 100_000; i++)
            sketch.Add(i * 7 % 30_000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    static (SpaceSaving, Dictionary<uint, long>) Count(int size, uint[] keys)
    {
        var sketch = new SpaceSaving(size);
        var truth = new Dictionary<uint, long>();
        foreach (var key in keys)
        {
            sketch.Add(key);
            truth[key] = truth.GetValueOrDefault(key) + 1;
        }
        return (sketch, truth);
    }
}
