using DynamicData;
using Xunit;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class InnerJoinTable
{
    readonly SourceCache<Item, string> _left = Sources.Items();
    readonly SourceCache<Right, string> _right = Sources.Rights();
    readonly Listener _listener;

    public InnerJoinTable() => _listener = Listener.To(Join());

    [Fact]
    public void Both_sides_there_from_the_start_are_one_changeset()
    {
        _left.AddOrUpdate([L(1), M(1)]);
        _right.AddOrUpdate([R("r", "M"), R("s", "L"), R("t", "N")]);
        Listener.To(Join()).Heard("Add M1+r1, Add L1+s1");
    }

    [Fact]
    public void The_key_is_both_keys()
    {
        var keys = new List<(string, string)>();
        using var subscription = Join().Subscribe(changes =>
            keys.AddRange(changes.Select(change => change.Key)));
        _left.AddOrUpdate(L(1));
        _right.AddOrUpdate(R("r", "L"));
        Assert.Equal([("L", "r")], keys);
    }

    [Fact]
    public void Left_Add_is_an_Add_for_each_right_item_that_names_it()
    {
        _right.AddOrUpdate([R("r", "L"), R("s", "M"), R("t", "L")]);
        _listener.HeardNothing();
        _left.AddOrUpdate(L(1));
        _listener.Heard("Add L1+r1, Add L1+t1");
    }

    [Fact]
    public void Left_Update_is_an_Update_for_each()
    {
        Pairs();
        _left.AddOrUpdate(L(2));
        _listener.Heard("Update L1+r1 L2+r1, Update L1+s1 L2+s1");
    }

    [Fact]
    public void Left_Remove_is_a_Remove_for_each()
    {
        Pairs();
        _left.Remove("L");
        _listener.Heard("Remove L1+r1, Remove L1+s1");
    }

    [Fact]
    public void Left_Refresh_is_a_Refresh_for_each()
    {
        Pairs();
        _left.Refresh(L(1));
        AssertRefreshed("L1+r1", "L1+s1");
    }

    [Fact]
    public void Left_that_nobody_names_is_nothing()
    {
        Pairs();
        _left.AddOrUpdate(N(1));
        _left.AddOrUpdate(N(2));
        _left.Refresh(N(2));
        _left.Remove("N");
        _listener.HeardNothing();
    }

    [Fact]
    public void Left_that_comes_back_finds_its_right_items_as_they_are_now()
    {
        Pairs();
        _left.Remove("L");
        _right.AddOrUpdate(R("r", "L", 2));
        _right.Remove("s");
        _listener.Heard("Remove L1+r1, Remove L1+s1");
        _left.AddOrUpdate(L(3));
        _listener.Heard("Add L3+r2");
    }

    [Fact]
    public void Right_Add_is_an_Add_if_the_left_item_is_there()
    {
        _left.AddOrUpdate(L(1));
        _right.AddOrUpdate([R("r", "L"), R("s", "N")]);
        _listener.Heard("Add L1+r1");
    }

    [Fact]
    public void Right_Update_of_the_same_pair_is_an_Update()
    {
        Pairs();
        _right.AddOrUpdate(R("r", "L", 2));
        _listener.Heard("Update L1+r1 L1+r2");
    }

    [Fact]
    public void Right_that_moves_is_one_changeset_of_Remove_and_Add()
    {
        Pairs();
        _right.AddOrUpdate(R("r", "M", 2));
        _listener.Heard("Remove L1+r1, Add M1+r2");
    }

    [Fact]
    public void Right_that_moves_to_nobody_is_a_Remove()
    {
        Pairs();
        _right.AddOrUpdate(R("r", "N"));
        _listener.Heard("Remove L1+r1");
    }

    [Fact]
    public void Right_that_moves_from_nobody_is_an_Add()
    {
        Pairs();
        _right.AddOrUpdate(R("t", "N"));
        _right.AddOrUpdate(R("t", "M", 2));
        _listener.Heard("Add M1+t2");
    }

    [Fact]
    public void Right_that_has_moved_is_found_by_its_new_left_item_only()
    {
        Pairs();
        _right.AddOrUpdate(R("r", "M", 2));
        _right.Remove("s");
        _listener.Heard("Remove L1+r1, Add M1+r2", "Remove L1+s1");
        _left.AddOrUpdate(L(2));
        _listener.HeardNothing();
        _left.AddOrUpdate(M(2));
        _listener.Heard("Update M1+r2 M2+r2");
    }

    [Fact]
    public void Right_Remove_is_a_Remove_if_the_pair_was_there()
    {
        Pairs();
        _right.AddOrUpdate(R("t", "N"));
        _right.Remove("t");
        _right.Remove("r");
        _listener.Heard("Remove L1+r1");
    }

    [Fact]
    public void Right_Refresh_is_a_Refresh_if_the_pair_is_there()
    {
        Pairs();
        _right.AddOrUpdate(R("t", "N"));
        _right.Refresh();
        _listener.Heard("Refresh L1+r1, Refresh L1+s1");
    }

    [Fact]
    public void A_mixed_Edit_of_the_right_is_one_changeset_in_order()
    {
        Pairs();
        _right.Edit(updater =>
        {
            updater.AddOrUpdate(R("t", "L"));
            updater.AddOrUpdate(R("r", "M"));
            updater.Remove("s");
            updater.AddOrUpdate(R("t", "M", 2));
        });
        _listener.Heard(
            "Add L1+t1, Remove L1+r1, Add M1+r1, Remove L1+s1, Remove L1+t1, Add M1+t2");
    }

    [Fact]
    public void A_mixed_Edit_of_the_left_is_one_changeset_in_order()
    {
        Pairs();
        _right.AddOrUpdate(R("t", "N"));
        _left.Edit(updater =>
        {
            updater.Remove("L");
            updater.AddOrUpdate(N(1));
            updater.AddOrUpdate(L(2));
        });
        _listener.Heard(
            "Remove L1+r1, Remove L1+s1, Add N1+t1, Add L2+r1, Add L2+s1");
    }

    [Fact]
    public void An_error_of_either_side_or_of_the_selector_is_the_end()
    {
        var (left, failLeft) = _left.Breakable();
        var (right, failRight) = _right.Breakable();
        var leftFails = Listener.To(Join(left: left));
        var rightFails = Listener.To(Join(right: right));
        var selectorFails = Listener.To(_left.Connect().InnerJoin(
            _right.Connect(),
            item => item.Left,
            (l, _) => l.Value == 13 ? throw new Broken("selector") : l));
        failLeft("left");
        failRight("right");
        _left.AddOrUpdate(L(13));
        _right.AddOrUpdate(R("r", "L"));
        leftFails.Heard("error left");
        rightFails.Heard("error right");
        selectorFails.Heard("error selector");
    }

    [Fact]
    public void Completion_waits_for_both_sides()
    {
        Pairs();
        _left.Dispose();
        _right.AddOrUpdate(R("t", "M"));
        _listener.Heard("Add M1+t1");
        _right.Dispose();
        _listener.Heard("completed");
    }

    [Fact]
    public void Whoever_leaves_hears_no_more()
    {
        Pairs();
        _listener.Dispose();
        _right.AddOrUpdate(R("t", "M"));
        _left.AddOrUpdate(L(2));
        _listener.HeardNothing();
    }

    /// <summary>L and M on the left; r and s on the right, which both name L.</summary>
    void Pairs()
    {
        _left.AddOrUpdate([L(1), M(1)]);
        _right.AddOrUpdate([R("r", "L"), R("s", "L")]);
        _listener.Heard("Add L1+r1, Add L1+s1");
    }

    void AssertRefreshed(params string[] pairs) =>
        _listener.Heard(string.Join(", ", pairs.Select(pair => $"Refresh {pair}")));

    IObservable<IChangeSet<string, (string, string)>> Join(
        IObservable<IChangeSet<Item, string>>? left = null,
        IObservable<IChangeSet<Right, string>>? right = null) =>
        (left ?? _left.Connect()).InnerJoin(
            right ?? _right.Connect(),
            item => item.Left,
            (l, r) => $"{l}+{r.Key}{r.Value}");

    static Item L(int value) => new("L", value);

    static Item M(int value) => new("M", value);

    static Item N(int value) => new("N", value);

    static Right R(string key, string left, int value = 1) => new(key, left, value);
}
