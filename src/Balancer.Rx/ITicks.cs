namespace Balancer.Rx;

/// <summary>
/// The scheduler's clock as a bare number, for the data plane: read once per burst.
/// </summary>
public interface ITicks
{
    /// <summary>100 ns units, UTC, as <see cref="DateTimeOffset.UtcTicks"/> counts them.</summary>
    long UtcTicks { get; }
}

/// <summary>The clock of route slots, which have room for seconds.</summary>
internal static class Seconds
{
    /// <summary>Whole seconds since 1970 at this reading of <see cref="ITicks"/>.</summary>
    public static uint Since1970(long utcTicks) =>
        (uint)((utcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerSecond);
}
