using System.Diagnostics.CodeAnalysis;

namespace DynamicData.Kernel;

/// <summary>Makes optional values.</summary>
public static class Optional
{
    /// <summary>No value.</summary>
    public static Optional<T> None<T>()
        where T : notnull => Optional<T>.None;

    /// <summary>A value; null is none.</summary>
    public static Optional<T> Some<T>(T? value)
        where T : notnull => value;
}

/// <summary>A value, or none.</summary>
[SuppressMessage("Usage", "CA2225", Justification = "The original's operators, no more.")]
public readonly struct Optional<T> : IEquatable<Optional<T>>
    where T : notnull
{
    readonly T? _value;

    Optional(T value)
    {
        _value = value;
        HasValue = true;
    }

    /// <summary>No value.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The original's shape.")]
    public static Optional<T> None => default;

    /// <summary>Whether there is one.</summary>
    public bool HasValue { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Value =>
        HasValue ? _value! : throw new InvalidOperationException("Optional<T> has no value");

    public static implicit operator Optional<T>(T? value) =>
        value is null ? None : new Optional<T>(value);

    public static bool operator ==(in Optional<T> left, in Optional<T> right) =>
        left.Equals(right);

    public static bool operator !=(in Optional<T> left, in Optional<T> right) =>
        !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Optional<T> other) =>
        HasValue == other.HasValue
        && (!HasValue || EqualityComparer<T>.Default.Equals(_value, other._value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Optional<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HasValue ? _value!.GetHashCode() : 0;

    /// <inheritdoc/>
    public override string? ToString() => HasValue ? _value!.ToString() : "<None>";
}
