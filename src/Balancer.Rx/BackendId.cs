namespace Balancer.Rx;

/// <summary>
/// The number by which a backend is known in routes, logs and commands: the file name of its
/// socket where that is a number from 5300 to 5399, otherwise the next free one (B2).
/// The only thing that directory, backends, remotes and routing know of each other.
/// </summary>
/// <param name="Value">A positive number.</param>
public readonly record struct BackendId(int Value) : IComparable<BackendId>
{
    /// <inheritdoc/>
    public int CompareTo(BackendId other) => Value.CompareTo(other.Value);

    /// <summary>The bare number.</summary>
    public override string ToString() => Value.ToString();
}
