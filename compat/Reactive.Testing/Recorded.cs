namespace Microsoft.Reactive.Testing;

/// <summary>A value, and the tick at which it came.</summary>
public readonly struct Recorded<T>(long time, T value) : IEquatable<Recorded<T>>
{
    /// <summary>The tick.</summary>
    public long Time => time;

    /// <summary>The value.</summary>
    public T Value => value;

    public static bool operator ==(Recorded<T> left, Recorded<T> right) => left.Equals(right);

    public static bool operator !=(Recorded<T> left, Recorded<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Recorded<T> other) =>
        Time == other.Time && EqualityComparer<T>.Default.Equals(Value, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Recorded<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Time, Value);

    /// <inheritdoc/>
    public override string ToString() => $"{Value}@{Time}";
}
