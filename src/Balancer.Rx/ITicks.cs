namespace Balancer.Rx;

/// <summary>
/// The scheduler's clock as a bare number, for the data plane: read once per burst.
/// </summary>
public interface ITicks
{
    /// <summary>100 ns units, UTC, as <see cref="DateTimeOffset.UtcTicks"/> counts them.</summary>
    long UtcTicks { get; }
}
