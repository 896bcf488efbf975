using DynamicData;
using DynamicData.Kernel;
using Xunit;
using static Balancer.VirtualTimeTests.ChangeTables.Item;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class ValueTable
{
    [Fact]
    public void An_optional_has_a_value_or_none()
    {
        Optional<Item> some = A(1);
        Assert.True(some.HasValue);
        Assert.Equal(A(1), some.Value);
        Assert.Equal("a1", some.ToString());
        Assert.False(Optional<Item>.None.HasValue);
        Assert.Throws<InvalidOperationException>(() => Optional<Item>.None.Value);
        Assert.Equal("<None>", Optional<Item>.None.ToString());
    }

    [Fact]
    public void Null_is_none()
    {
        Optional<Item> none = (Item?)null;
        Assert.False(none.HasValue);
        Assert.False(Optional.Some<Item>(null).HasValue);
    }

    [Fact]
    public void Optionals_are_equal_when_their_values_are()
    {
        Assert.True(Optional.Some(A(1)) == Optional.Some(A(1)));
        Assert.True(Optional.Some(A(1)) != Optional.Some(A(2)));
        Assert.True(Optional.Some(A(1)) != Optional.None<Item>());
        Assert.Equal(Optional.Some(A(1)).GetHashCode(), Optional.Some(A(1)).GetHashCode());
    }

    [Fact]
    public void An_optional_can_be_read_with_something_else_at_hand()
    {
        Assert.Equal(A(1), Optional.Some(A(1)).ValueOr(() => B(1)));
        Assert.Equal(B(1), Optional.None<Item>().ValueOr(() => B(1)));
        Assert.Equal(A(1), Optional.Some(A(1)).ValueOrDefault());
        Assert.Null(Optional.None<Item>().ValueOrDefault());
    }

    [Fact]
    public void Only_an_Update_has_a_previous_item()
    {
        using var cache = Sources.Items();
        var previous = Listener.ToValues(cache.Connect(), changes =>
            string.Join(" ", changes.Select(change => change.Previous)));
        cache.AddOrUpdate(A(1));
        cache.AddOrUpdate(A(2));
        cache.Refresh();
        cache.Remove("a");
        previous.Heard("<None>", "a1", "<None>", "<None>");
    }

    [Fact]
    public void Changes_are_equal_when_all_they_say_is()
    {
        var change = new Change<Item, string>(ChangeReason.Add, "a", A(1));
        Assert.True(change == new Change<Item, string>(ChangeReason.Add, "a", A(1)));
        Assert.True(change != new Change<Item, string>(ChangeReason.Add, "b", A(1)));
        Assert.Equal("Add, Key: a, Current: a1, Previous: <None>", change.ToString());
    }
}
