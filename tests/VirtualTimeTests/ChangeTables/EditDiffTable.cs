using System.Reactive.Subjects;

using DynamicData;
using Xunit;

using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class EditDiffTable
{
    static readonly IEqualityComparer<Item> ByParity = EqualityComparer<Item>.Create(
        (x, y) => x!.Key == y!.Key && x.Value % 2 == y.Value % 2, item => item.Value % 2);

    readonly Subject<IEnumerable<Item>> _listings = new();
    readonly Listener _listener;

    public EditDiffTable() => _listener = Listener.To(_listings.EditDiff(item => item.Key));

    [Fact]
    public void Listed_for_the_first_time_is_an_Add()
    {
        _listings.OnNext([A(1), B(1)]);
        _listings.OnNext([A(1), B(1), C(1)]);
        _listener.Heard("Add a1, Add b1", "Add c1");
    }

    [Fact]
    public void Listed_differently_is_an_Update()
    {
        _listings.OnNext([A(1), B(1)]);
        _listings.OnNext([A(1), B(2)]);
        _listener.Heard("Add a1, Add b1", "Update b1 b2");
    }

    [Fact]
    public void Listed_no_more_is_a_Remove()
    {
        _listings.OnNext([A(1), B(1)]);
        _listings.OnNext([B(1)]);
        _listings.OnNext([]);
        _listener.Heard("Add a1, Add b1", "Remove a1", "Remove b1");
    }

    [Fact]
    public void The_same_listing_again_is_nothing_in_whatever_order()
    {
        _listings.OnNext([A(1), B(1)]);
        _listings.OnNext([B(1), A(1)]);
        _listener.Heard("Add a1, Add b1");
    }

    [Fact]
    public void An_empty_first_listing_is_nothing()
    {
        _listings.OnNext([]);
        _listener.HeardNothing();
    }

    [Fact]
    public void All_at_once_is_one_changeset_with_the_Removes_first()
    {
        _listings.OnNext([A(1), B(1)]);
        _listings.OnNext([C(1), B(2)]);
        _listener.Heard("Add a1, Add b1", "Remove a1, Add c1, Update b1 b2");
    }

    [Fact]
    public void What_is_equal_is_the_comparers_to_say()
    {
        var listener = Listener.To(_listings.EditDiff(item => item.Key, ByParity));
        _listings.OnNext([A(1), B(1)]);
        _listings.OnNext([A(3), B(2)]);
        listener.Heard("Add a1, Add b1", "Update b1 b2");
    }

    [Fact]
    public void Completion_passes()
    {
        _listings.OnNext([A(1)]);
        _listings.OnCompleted();
        _listener.Heard("Add a1", "completed");
    }

    [Fact]
    public void A_cache_can_be_brought_to_a_listing_in_one_changeset()
    {
        using var cache = Sources.Items(A(1), B(1), new Item("d", 1));
        var listener = Listener.To(cache.Connect());
        cache.EditDiff([C(1), B(2), new Item("d", 1)], EqualityComparer<Item>.Default);
        listener.Heard("Add a1, Add b1, Add d1", "Remove a1, Add c1, Update b1 b2");
    }

    [Fact]
    public void A_cache_that_holds_the_listing_already_says_nothing()
    {
        using var cache = Sources.Items(A(1), B(1));
        var listener = Listener.To(cache.Connect());
        cache.EditDiff([B(3), A(5)], ByParity);
        listener.Heard("Add a1, Add b1");
        Assert.Equal([A(1), B(1)], cache.Items);
    }
}
