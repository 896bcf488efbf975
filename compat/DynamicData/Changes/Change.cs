using DynamicData.Kernel;

namespace DynamicData;

/// <summary>One change of one item. <see cref="Previous"/> is there for an Update only.</summary>
public readonly struct Change<TObject, TKey> : IEquatable<Change<TObject, TKey>>
    where TObject : notnull
    where TKey : notnull
{
    /// <summary>A change that replaces nothing.</summary>
    public Change(ChangeReason reason, TKey key, TObject current)
        : this(reason, key, current, Optional<TObject>.None)
    {
    }

    /// <summary>A change, and what was there before.</summary>
    public Change(ChangeReason reason, TKey key, TObject current, in Optional<TObject> previous)
    {
        Reason = reason;
        Key = key;
        Current = current;
        Previous = previous;
    }

    /// <summary>What happened.</summary>
    public ChangeReason Reason { get; }

    /// <summary>To which key.</summary>
    public TKey Key { get; }

    /// <summary>The item now; of a Remove, the item that went.</summary>
    public TObject Current { get; }

    /// <summary>The item an Update replaced.</summary>
    public Optional<TObject> Previous { get; }

    public static bool operator ==(
        in Change<TObject, TKey> left, in Change<TObject, TKey> right) => left.Equals(right);

    public static bool operator !=(
        in Change<TObject, TKey> left, in Change<TObject, TKey> right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Change<TObject, TKey> other) =>
        Reason == other.Reason
        && EqualityComparer<TKey>.Default.Equals(Key, other.Key)
        && EqualityComparer<TObject>.Default.Equals(Current, other.Current)
        && Previous.Equals(other.Previous);

    /// <inheritdoc/>
    public override bool Equals(object? obj) =>
        obj is Change<TObject, TKey> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Reason, Key, Current, Previous);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Reason}, Key: {Key}, Current: {Current}, Previous: {Previous}";
}
