using DynamicData;
using Xunit;

using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class SourceCacheTable
{
    [Fact]
    public void An_unknown_key_is_an_Add()
    {
        using var cache = Sources.Items();
        var listener = Listener.To(cache.Connect());
        cache.AddOrUpdate(A(1));
        listener.Heard("Add a1");
    }

    [Fact]
    public void A_known_key_is_an_Update_with_the_previous_item()
    {
        using var cache = Sources.Items(A(1));
        var listener = Listener.To(cache.Connect());
        cache.AddOrUpdate(A(2));
        listener.Heard("Add a1", "Update a1 a2");
    }

    [Fact]
    public void An_equal_item_is_an_Update_all_the_same()
    {
        using var cache = Sources.Items(A(1));
        var listener = Listener.To(cache.Connect());
        cache.AddOrUpdate(A(1));
        listener.Heard("Add a1", "Update a1 a1");
    }

    [Fact]
    public void An_item_is_removed_by_its_key_whatever_else_it_says()
    {
        using var cache = Sources.Items(A(1), B(1));
        var listener = Listener.To(cache.Connect());
        cache.Remove(A(7));
        cache.Remove("b");
        listener.Heard("Add a1, Add b1", "Remove a1", "Remove b1");
    }

    [Fact]
    public void RemoveKey_is_Remove_by_key()
    {
        using var cache = Sources.Items(A(1), B(1));
        var listener = Listener.To(cache.Connect());
        cache.RemoveKey("a");
        cache.Edit(updater => updater.RemoveKey("b"));
        listener.Heard("Add a1, Add b1", "Remove a1", "Remove b1");
    }

    [Fact]
    public void A_Refresh_tells_the_item_that_is_held()
    {
        using var cache = Sources.Items(A(1));
        var listener = Listener.To(cache.Connect());
        cache.Refresh(A(7));
        cache.Edit(updater => updater.Refresh("a"));
        listener.Heard("Add a1", "Refresh a1", "Refresh a1");
    }

    [Fact]
    public void A_Refresh_of_all_is_one_changeset()
    {
        using var cache = Sources.Items(A(1), B(1));
        var listener = Listener.To(cache.Connect());
        cache.Refresh();
        listener.Heard("Add a1, Add b1", "Refresh a1, Refresh b1");
    }

    [Fact]
    public void Clear_is_one_changeset_of_Removes()
    {
        using var cache = Sources.Items(A(1), B(1));
        var listener = Listener.To(cache.Connect());
        cache.Clear();
        listener.Heard("Add a1, Add b1", "Remove a1, Remove b1");
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void What_changes_nothing_is_not_told()
    {
        using var cache = Sources.Items();
        var listener = Listener.ToValues(cache.Connect());
        cache.Edit(_ => { });
        cache.Remove("a");
        cache.Remove(A(1));
        cache.RemoveKey("a");
        cache.Refresh(A(1));
        cache.Refresh();
        cache.Clear();
        cache.AddOrUpdate([]);
        listener.HeardNothing();
    }

    [Fact]
    public void An_Edit_is_one_changeset_in_the_order_of_its_operations()
    {
        using var cache = Sources.Items(A(1), B(1));
        var listener = Listener.To(cache.Connect());
        cache.Edit(updater =>
        {
            updater.Remove("b");
            updater.AddOrUpdate(C(1));
            updater.AddOrUpdate(A(2));
            updater.Refresh(C(9));
            updater.AddOrUpdate([B(2), C(2)]);
        });
        listener.Heard(
            "Add a1, Add b1",
            "Remove b1, Add c1, Update a1 a2, Refresh c1, Add b2, Update c1 c2");
    }

    [Fact]
    public void Nothing_is_folded_together_within_an_Edit()
    {
        using var cache = Sources.Items(A(1));
        var listener = Listener.To(cache.Connect());
        cache.Edit(updater =>
        {
            updater.Remove("a");
            updater.AddOrUpdate(A(2));
            updater.AddOrUpdate(B(1));
            updater.Remove(B(1));
        });
        listener.Heard("Add a1", "Remove a1, Add a2, Add b1, Remove b1");
    }

    [Fact]
    public void A_changeset_counts_its_changes()
    {
        using var cache = Sources.Items(A(1), B(1));
        var counts = Listener.ToValues(cache.Connect(), changes =>
            $"{changes.Count}: {changes.Adds} {changes.Updates} {changes.Removes} "
            + $"{changes.Refreshes}");
        cache.Edit(updater =>
        {
            updater.AddOrUpdate([A(2), B(2), C(1)]);
            updater.Remove("a");
            updater.Refresh("c");
        });
        counts.Heard("2: 2 0 0 0", "5: 1 2 1 1");
    }

    [Fact]
    public void An_edit_sees_its_own_changes()
    {
        using var cache = Sources.Items(A(1));
        cache.Edit(updater =>
        {
            updater.AddOrUpdate(B(2));
            updater.Remove("a");
            Assert.Equal(1, updater.Count);
            Assert.Equal([B(2)], updater.Items);
            Assert.Equal(["b"], updater.Keys);
            Assert.Equal([new("b", B(2))], updater.KeyValues);
            Assert.Equal(B(2), updater.Lookup("b").Value);
            Assert.False(updater.Lookup("a").HasValue);
        });
    }

    [Fact]
    public void An_Edit_inside_an_Edit_is_part_of_it()
    {
        using var cache = Sources.Items();
        var listener = Listener.To(cache.Connect());
        cache.Edit(updater =>
        {
            updater.AddOrUpdate(A(1));
            cache.AddOrUpdate(B(1));
            updater.AddOrUpdate(C(1));
        });
        listener.Heard("Add a1, Add b1, Add c1");
    }

    [Fact]
    public void Connect_begins_with_what_is_there_as_one_changeset_of_Adds()
    {
        using var cache = Sources.Items(A(1), B(1));
        cache.AddOrUpdate(A(2));
        Listener.To(cache.Connect()).Heard("Add a2, Add b1");
    }

    [Fact]
    public void Connect_to_an_empty_cache_begins_with_silence()
    {
        using var cache = Sources.Items();
        Listener.ToValues(cache.Connect()).HeardNothing();
    }

    [Fact]
    public void Each_subscription_begins_anew_and_ends_alone()
    {
        using var cache = Sources.Items(A(1));
        var changes = cache.Connect();
        var early = Listener.To(changes);
        cache.AddOrUpdate(B(1));
        var late = Listener.To(changes);
        early.Heard("Add a1", "Add b1");
        early.Dispose();
        cache.AddOrUpdate(C(1));
        early.HeardNothing();
        late.Heard("Add a1, Add b1", "Add c1");
    }

    [Fact]
    public void Dispose_completes_and_whoever_comes_later_gets_the_items_and_the_end()
    {
        var cache = Sources.Items(A(1));
        var listener = Listener.To(cache.Connect());
        cache.Dispose();
        listener.Heard("Add a1", "completed");
        Listener.To(cache.Connect()).Heard("Add a1", "completed");
    }

    [Fact]
    public void A_cache_can_be_read()
    {
        using var cache = Sources.Items(A(1), B(2));
        Assert.Equal(2, cache.Count);
        Assert.Equal([A(1), B(2)], cache.Items);
        Assert.Equal(["a", "b"], cache.Keys);
        Assert.Equal(B(2), cache.KeyValues["b"]);
        Assert.Equal(A(1), cache.Lookup("a").Value);
        Assert.False(cache.Lookup("c").HasValue);
        Assert.Equal("a", cache.KeySelector(A(9)));
    }

    [Fact]
    public void What_was_read_does_not_change_with_the_cache()
    {
        using var cache = Sources.Items(A(1));
        var (items, keys, both) = (cache.Items, cache.Keys, cache.KeyValues);
        cache.AddOrUpdate([A(2), B(1)]);
        Assert.Equal([A(1)], items);
        Assert.Equal(["a"], keys);
        Assert.Equal([new("a", A(1))], both);
    }
}
