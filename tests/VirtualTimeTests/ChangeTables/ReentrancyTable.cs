using DynamicData;
using Xunit;

using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class ReentrancyTable
{
    [Fact]
    public void An_edit_made_inside_a_delivery_is_told_after_it()
    {
        using var cache = Sources.Items();
        var listener = Listener.To(cache.Connect());
        var turn = 0;
        listener.AfterEach = () =>
        {
            if (++turn < 4) cache.AddOrUpdate(A(turn + 1));
        };
        cache.AddOrUpdate(A(1));
        listener.Heard("Add a1", "Update a1 a2", "Update a2 a3", "Update a3 a4");
    }

    [Fact]
    public void The_items_have_changed_when_the_inner_Edit_returns()
    {
        using var cache = Sources.Items();
        var seen = new List<int>();
        var listener = Listener.To(cache.Connect());
        var turn = 0;
        listener.AfterEach = () =>
        {
            if (++turn == 1) cache.AddOrUpdate(B(1));
            seen.Add(cache.Count);
        };
        cache.AddOrUpdate(A(1));
        Assert.Equal([2, 2], seen);
    }

    [Fact]
    public void Everybody_hears_edits_made_inside_a_delivery_in_the_order_of_the_edits()
    {
        Assert.SkipWhen(Side.DeliversNested, Side.Nested);
        using var cache = Sources.Items();
        var editor = Listener.To(cache.Connect());
        var other = Listener.To(cache.Connect());
        var turn = 0;
        editor.AfterEach = () =>
        {
            turn++;
            if (turn == 1) cache.AddOrUpdate(B(1));
            if (turn == 2) cache.Remove("a");
        };
        cache.AddOrUpdate(A(1));
        editor.Heard("Add a1", "Add b1", "Remove a1");
        other.Heard("Add a1", "Add b1", "Remove a1");
    }

    [Fact]
    public void Who_connects_inside_a_delivery_hears_each_change_once()
    {
        using var cache = Sources.Items();
        Listener? late = null;
        var listener = Listener.To(cache.Connect());
        listener.AfterEach = () => late ??= Listener.To(cache.Connect());
        cache.AddOrUpdate(A(1));
        cache.AddOrUpdate(B(1));
        late!.Heard("Add a1", "Add b1");
    }

    [Fact]
    public void Who_connects_behind_an_inner_edit_has_it_in_the_snapshot_only()
    {
        using var cache = Sources.Items();
        Listener? late = null;
        var turn = 0;
        var listener = Listener.To(cache.Connect());
        listener.AfterEach = () =>
        {
            if (++turn > 1) return;
            cache.AddOrUpdate(B(1));
            late = Listener.To(cache.Connect());
        };
        cache.AddOrUpdate(A(1));
        cache.AddOrUpdate(C(1));
        late!.Heard("Add a1, Add b1", "Add c1");
    }

    [Fact]
    public void Who_leaves_inside_a_delivery_hears_no_more()
    {
        using var cache = Sources.Items();
        var listener = Listener.To(cache.Connect());
        listener.AfterEach = listener.Dispose;
        cache.AddOrUpdate(A(1));
        cache.AddOrUpdate(B(1));
        listener.Heard("Add a1");
    }

    [Fact]
    public void A_chain_of_verbs_keeps_the_order()
    {
        using var cache = Sources.Items();
        using var mirror = cache.Connect()
            .Filter(item => item.Value > 0)
            .Transform(item => item with { Value = item.Value * 10 })
            .AsObservableCache();
        var listener = Listener.To(mirror.Connect());
        var turn = 0;
        listener.AfterEach = () =>
        {
            turn++;
            if (turn == 1) cache.AddOrUpdate([B(1), B(2)]);
            if (turn == 2) cache.Clear();
        };
        cache.AddOrUpdate(A(1));
        listener.Heard("Add a10", "Add b10, Update b10 b20", "Remove a10, Remove b20");
        Assert.Equal(0, mirror.Count);
    }

    [Fact]
    public void A_join_whose_result_edits_its_other_side_tells_that_after()
    {
        using var left = Sources.Items();
        using var right = Sources.Rights(new Right("r", "a", 1));
        var listener = Listener.To(left.Connect().InnerJoin(
            right.Connect(), r => r.Left, (l, r) => $"{l} {r}"));
        var turn = 0;
        listener.AfterEach = () =>
        {
            if (++turn == 1) right.AddOrUpdate(new Right("s", "a", 2));
        };
        left.AddOrUpdate(A(1));
        listener.Heard("Add a1 r1@a", "Add a1 s2@a");
    }

    [Fact]
    public void An_item_that_speaks_inside_a_delivery_is_told_after_it()
    {
        var (a, b) = (new Speaker<bool>("a", 1), new Speaker<bool>("b", 1));
        using var cache = Sources.Speakers(a, b);
        var listener = Listener.To(cache.Connect().FilterOnObservable(item => item.Voice));
        var turn = 0;
        listener.AfterEach = () =>
        {
            if (++turn == 1) b.Voice.OnNext(true);
        };
        a.Voice.OnNext(true);
        listener.Heard("Add a1", "Add b1");
    }
}
