namespace Microsoft.Reactive.Testing;

/// <summary>From which tick to which somebody was subscribed.</summary>
public readonly struct Subscription(long subscribe, long unsubscribe) : IEquatable<Subscription>
{
    /// <summary>The end of a subscription that has none.</summary>
    public const long Infinite = long.MaxValue;

    /// <summary>A subscription without an end.</summary>
    public Subscription(long subscribe)
        : this(subscribe, Infinite)
    {
    }

    /// <summary>The tick at which it began.</summary>
    public long Subscribe => subscribe;

    /// <summary>The tick at which it ended.</summary>
    public long Unsubscribe => unsubscribe;

    public static bool operator ==(Subscription left, Subscription right) => left.Equals(right);

    public static bool operator !=(Subscription left, Subscription right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Subscription other) =>
        Subscribe == other.Subscribe && Unsubscribe == other.Unsubscribe;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Subscription other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Subscribe, Unsubscribe);

    /// <inheritdoc/>
    public override string ToString() =>
        Unsubscribe == Infinite ? $"({Subscribe}, Infinite)" : $"({Subscribe}, {Unsubscribe})";
}
