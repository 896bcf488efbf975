namespace Balancer.Rx;

// Who may ask, and how much.
public sealed partial record BalancerOptions
{
    /// <summary>
    /// Only clients of these networks are served, over UDP and TCP; none given: everybody is.
    /// </summary>
    public IReadOnlyList<Network> Allow { get; init; } = [];

    /// <summary>
    /// The most datagrams a second from one prefix of clients, 1 to 100,000; 0: no limit. Each loop
    /// counts for itself.
    /// </summary>
    public int RateLimit { get; init; }

    /// <summary>How many may come at once after a silence; 0: what a second allows.</summary>
    public int RateBurst { get; init; }

    /// <summary>
    /// Of the datagrams over the limit, each so many-th of a client is answered with TC = 1, so
    /// that a real client comes by TCP, 1 to 100; 0: none is, all are dropped.
    /// </summary>
    public int RateSlip { get; init; } = 2;

    /// <summary>
    /// How many bits of an address make a client for the limit, 1 to 32: a flood may come from a
    /// whole network, which is seldom less than a /24.
    /// </summary>
    public int RateLimitPrefixBits { get; init; } = 24;

    private void EnsureProtectionAgrees()
    {
        Ensure(RateLimit is >= 0 and <= 100_000, "RateLimit is 1 to 100000, or 0 for none");
        Ensure(RateBurst is >= 0 and <= 1_000_000, "RateBurst is 1 to 1000000, or 0");
        Ensure(RateSlip is >= 0 and <= 100, "RateSlip is 1 to 100, or 0 for never");
        Ensure(RateLimitPrefixBits is > 0 and <= 32, "RateLimitPrefixBits is 1 to 32");
    }
}
