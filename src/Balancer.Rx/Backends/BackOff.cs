namespace Balancer.Rx.Backends;

/// <summary>
/// How long to wait before the next attempt: 1, 3, 5 … seconds, up to the ceiling (M9). The
/// original's constant says 32 and its arithmetic reaches 33; we keep to 32 unless asked for 33.
/// </summary>
public static class BackOff
{
    /// <summary>
    /// The wait after so many failures in a row (1 or more). <paramref name="lot"/>, 0 to 1, is
    /// what was drawn: it shortens the wait by up to
    /// <see cref="BalancerOptions.BackOffJitter"/>, so that backends that died together do not come
    /// back together.
    /// </summary>
    public static TimeSpan After(int failures, double lot, BalancerOptions options)
    {
        var seconds = Math.Min(1 + 2.0 * (failures - 1), options.BackOffCeiling.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 - options.BackOffJitter * lot));
    }
}
