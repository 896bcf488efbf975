using DynamicData;
using Xunit;

using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class FilterTable
{
    readonly SourceCache<Item, string> _cache = Sources.Items();
    readonly Listener _listener;
    int _threshold;

    public FilterTable() =>
        _listener = Listener.To(_cache.Connect().Filter(item => item.Value > _threshold));

    [Fact]
    public void Add_that_passes_is_an_Add()
    {
        _cache.AddOrUpdate(A(1));
        _listener.Heard("Add a1");
    }

    [Fact]
    public void Add_that_fails_is_nothing()
    {
        _cache.AddOrUpdate(A(-1));
        _listener.HeardNothing();
    }

    [Fact]
    public void Update_from_passing_to_passing_is_an_Update()
    {
        _cache.AddOrUpdate(A(1));
        _cache.AddOrUpdate(A(2));
        _listener.Heard("Add a1", "Update a1 a2");
    }

    [Fact]
    public void Update_from_passing_to_failing_is_a_Remove()
    {
        _cache.AddOrUpdate(A(1));
        _cache.AddOrUpdate(A(-1));
        _listener.Heard("Add a1", "Remove a1");
    }

    [Fact]
    public void Update_from_failing_to_passing_is_an_Add()
    {
        _cache.AddOrUpdate(A(-1));
        _cache.AddOrUpdate(A(1));
        _listener.Heard("Add a1");
    }

    [Fact]
    public void Update_from_failing_to_failing_is_nothing()
    {
        _cache.AddOrUpdate(A(-1));
        _cache.AddOrUpdate(A(-2));
        _listener.HeardNothing();
    }

    [Fact]
    public void Remove_of_what_was_in_is_a_Remove()
    {
        _cache.AddOrUpdate(A(1));
        _cache.Remove("a");
        _listener.Heard("Add a1", "Remove a1");
    }

    [Fact]
    public void Remove_of_what_was_out_is_nothing()
    {
        _cache.AddOrUpdate(A(-1));
        _cache.Remove("a");
        _listener.HeardNothing();
    }

    [Fact]
    public void Refresh_asks_again()
    {
        _cache.AddOrUpdate([A(1), B(2), C(3)]);
        _listener.Heard("Add a1, Add b2, Add c3");

        _threshold = 1;
        _cache.Refresh();
        _listener.Heard("Remove a1, Refresh b2, Refresh c3");

        _cache.Refresh(A(1));
        _listener.HeardNothing();

        _threshold = 0;
        _cache.Refresh(A(1));
        _listener.Heard("Add a1");
    }

    [Fact]
    public void A_mixed_Edit_is_one_changeset_in_order()
    {
        _cache.Edit(updater =>
        {
            updater.AddOrUpdate([A(1), B(-1), C(1)]);
            updater.AddOrUpdate([C(-1), B(1)]);
            updater.Remove("a");
        });
        _listener.Heard("Add a1, Add c1, Remove c1, Add b1, Remove a1");
    }

    [Fact]
    public void The_predicates_error_is_the_end()
    {
        var listener = Listener.To(_cache.Connect().Filter(item =>
            item.Value == 13 ? throw new Broken("predicate") : true));
        _cache.AddOrUpdate(A(13));
        _cache.AddOrUpdate(B(1));
        listener.Heard("error predicate");
    }

    [Fact]
    public void The_sources_error_and_completion_pass()
    {
        var (changes, fail) = _cache.Breakable();
        var failing = Listener.To(changes.Filter(_ => true));
        fail("source");
        _cache.Dispose();
        failing.Heard("error source");
        _listener.Heard("completed");
    }
}
