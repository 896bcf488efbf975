using DynamicData;
using Xunit;

using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class TransformTable
{
    readonly SourceCache<Item, string> _cache = Sources.Items(A(1));
    int _made;

    [Fact]
    public void Add_is_an_Add_of_what_the_factory_makes()
    {
        var listener = Listener.To(_cache.Connect().Transform(Make));
        _cache.AddOrUpdate([B(2), C(3)]);
        listener.Heard("Add A1", "Add B2, Add C3");
    }

    [Fact]
    public void Update_is_an_Update_from_the_previous_result_to_a_new_one()
    {
        var listener = Listener.To(_cache.Connect().Transform(Make));
        _cache.AddOrUpdate(A(2));
        listener.Heard("Add A1", "Update A1 A2");
        Assert.Equal(2, _made);
    }

    [Fact]
    public void Remove_is_a_Remove_of_the_result_and_makes_nothing()
    {
        var listener = Listener.To(_cache.Connect().Transform(Make));
        _cache.Remove("a");
        listener.Heard("Add A1", "Remove A1");
        Assert.Equal(1, _made);
    }

    [Fact]
    public void Refresh_is_a_Refresh_of_the_result_and_makes_nothing()
    {
        var listener = Listener.To(_cache.Connect().Transform(Make));
        _cache.Refresh();
        listener.Heard("Add A1", "Refresh A1");
        Assert.Equal(1, _made);
    }

    [Fact]
    public void The_keys_and_the_order_stay()
    {
        var keys = Listener.ToValues(_cache.Connect().Transform(Make), changes =>
            string.Join(" ", changes.Select(change => $"{change.Reason}:{change.Key}")));
        _cache.Edit(updater =>
        {
            updater.AddOrUpdate(C(1));
            updater.Remove("a");
            updater.AddOrUpdate(B(1));
        });
        keys.Heard("Add:a", "Add:c Remove:a Add:b");
    }

    [Fact]
    public void Each_subscriber_has_results_of_its_own()
    {
        var results = _cache.Connect().Transform(Make);
        using var one = Listener.To(results);
        using var two = Listener.To(results);
        Assert.Equal(2, _made);
    }

    [Fact]
    public void The_factorys_error_is_the_end()
    {
        var listener = Listener.To(_cache.Connect().Transform(item =>
            item.Value == 13 ? throw new Broken("factory") : item));
        _cache.AddOrUpdate(B(13));
        _cache.AddOrUpdate(C(1));
        listener.Heard("Add a1", "error factory");
    }

    [Fact]
    public void The_sources_error_and_completion_pass()
    {
        var (changes, fail) = _cache.Breakable();
        var failing = Listener.To(changes.Transform(Make));
        var completing = Listener.To(_cache.Connect().Transform(Make));
        fail("source");
        _cache.Dispose();
        failing.Heard("Add A1", "error source");
        completing.Heard("Add A1", "completed");
    }

    Item Make(Item item)
    {
        _made++;
        return item with { Key = item.Key.ToUpperInvariant() };
    }
}
