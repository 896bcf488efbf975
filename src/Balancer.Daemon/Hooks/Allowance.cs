namespace Balancer.Daemon.Hooks;

/// <summary>
/// How often a hook may be called: ten times in a row, and once in each interval from then on. A
/// bucket of tokens, kept as the moment at which it will be full again.
/// </summary>
internal sealed class Allowance(TimeSpan every)
{
    /// <summary>So many calls wait for nothing.</summary>
    internal const int Burst = 10;

    private DateTimeOffset _fullAt = DateTimeOffset.MinValue;

    /// <summary>How long the next call has to wait; never longer than the interval, whatever the
    /// clock does.</summary>
    public TimeSpan Wait(DateTimeOffset now)
    {
        var wait = _fullAt - now - every * (Burst - 1);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < every ? wait : every;
    }

    /// <summary>It is called.</summary>
    public void Take(DateTimeOffset now) => _fullAt = (_fullAt > now ? _fullAt : now) + every;
}
