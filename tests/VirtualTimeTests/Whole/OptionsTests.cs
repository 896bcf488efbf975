using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Whole;

// Limits are checked against each other before anything runs.
public class OptionsTests
{
    static readonly BalancerOptions Good = BalancerOptions.Default with { SocketDirectory = "/s" };

    static readonly BalancerOptions Stored =
        BalancerOptions.Compat with { SocketDirectory = "/s" };

    public static TheoryData<string, BalancerOptions> Bad => new()
    {
        { "a socket directory is needed", BalancerOptions.Default },
        { "heartbeats need an interval", Good with { HeartbeatEvery = TimeSpan.Zero } },
        { "HeartbeatEvery < ", Good with { HeartbeatPatience = 250.Milliseconds() } },
        { "BackOffJitter", Good with { BackOffJitter = 1.1 } },
        { "BackOffJitter", Good with { BackOffJitter = -0.1 } },
        { "ExpireEvery <= RemoteIdle", Good with { RemoteIdle = 29.Seconds() } },
        { "MaxBackends", Good with { MaxBackends = 0 } },
        { "MaxBackends", Good with { MaxBackends = 1_001 } },
        { "MaxRemotes", Good with { MaxRemotes = 0 } },
        { "SweepShare", Good with { SweepShare = 0 } },
        { "DisplacedPerSecond", Good with { DisplacedPerSecond = -1 } },
        { "RebalanceBudget", Good with { RebalanceBudget = -0.01 } },
        { "RebalanceBudget", Good with { RebalanceBudget = 1.01 } },
        { "RebalanceTolerance", Good with { RebalanceTolerance = -0.1 } },
        { "RebalanceCoolDown", Good with { RebalanceCoolDown = 59.Seconds() } },
        { "Weights are 1 to 100", Good with { Weights = Of(0) } },
        { "Weights are 1 to 100", Good with { Weights = Of(101) } },
        { "Standby are 1 to 100", Good with { Standby = Of(0) } },
        { "know no Affinity", Stored with { Affinity = AffinityPolicy.Rendezvous } },
        { "Weights and Standby", Stored with { Weights = Of(2) } },
        { "Weights and Standby", Stored with { Standby = Of(2) } },
        { "two frames", Good with { RingBytes = 2_048 } },
        { "RingBytes is a power of two", Good with { RingBytes = 5_000 } },
        { "JournalEntries is a power of two", Good with { JournalEntries = 1_000 } },
        { "AnswerPatience < RemoteIdle", Good with { AnswerPatience = 300.Seconds() } },
        { "RateLimit is", Good with { RateLimit = -1 } },
        { "RateLimit is", Good with { RateLimit = 100_001 } },
        { "RateBurst", Good with { RateBurst = -1 } },
        { "RateSlip", Good with { RateSlip = 101 } },
        { "RateLimitPrefixBits", Good with { RateLimitPrefixBits = 0 } },
        { "RateLimitPrefixBits", Good with { RateLimitPrefixBits = 33 } },
        { "at least one backend", Good with { StreamConnectAttempts = 0 } },
        { "StreamBuffer", Good with { StreamBuffer = 4_095 } },
        { "StreamFirstByte is", Good with { StreamFirstByte = TimeSpan.Zero } },
        { "StreamFirstByte <= StreamIdle", Good with { StreamFirstByte = 31.Seconds() } },
        { "StreamHalfClosed is", Good with { StreamHalfClosed = TimeSpan.Zero } },
        { "StreamHalfClosed <= StreamIdle", Good with { StreamHalfClosed = 31.Seconds() } },
        { "StreamIdle <= StreamLifetime", Good with { StreamLifetime = 29.Seconds() } },
        { "StreamOpenPatience <= ", Good with { StreamOpenPatience = 3_601.Seconds() } },
        { "StreamGivesWayAfter is", Good with { StreamGivesWayAfter = -1.Seconds() } },
        { "StreamGivesWayAfter <= ", Good with { StreamGivesWayAfter = 31.Seconds() } },
        { "MaxStreams is", Good with { MaxStreams = 0 } },
        { "MaxStreamsPerClient is", Good with { MaxStreamsPerClient = 0 } },
        { "MaxStreamsPerClient <= ", Good with { MaxStreamsPerPrefix = 511 } },
        { "StreamPrefixBits", Good with { StreamPrefixBits = 0 } },
        { "StreamPrefixBits", Good with { StreamPrefixBits = 33 } },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public void Options_that_do_not_agree_are_refused_by_name(string name, BalancerOptions options)
    {
        var refusal = Assert.Throws<ArgumentException>(options.Checked);
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }

    static Dictionary<BackendId, int> Of(int number) => new() { [new(5301)] = number };

    [Fact]
    public void The_defaults_agree() => Assert.Same(Good, Good.Checked());

    // The daemon lowers MaxStreams to what there are descriptors for.
    [Fact]
    public void Fewer_connections_in_all_than_one_client_may_have_are_allowed() =>
        (Good with { MaxStreams = 1 }).Checked();

    [Fact]
    public void So_do_the_originals_timers_which_are_these()
    {
        var compat = (BalancerOptions.Compat with { SocketDirectory = "/s" }).Checked();
        Assert.Equal(5.Seconds(), compat.ListEvery);
        Assert.Equal(15.Seconds(), compat.RebalanceEvery);
        Assert.Equal(30.Seconds(), compat.ExpireEvery);
        Assert.Equal(30.Seconds(), compat.HelloPatience);
        Assert.Equal(5.Seconds(), compat.HeartbeatEvery);
        Assert.Equal(15.Seconds(), compat.HeartbeatPatience);
        Assert.Equal(33.Seconds(), compat.BackOffCeiling);
        Assert.Equal(10.Seconds(), compat.StreamOpenPatience);
        Assert.Equal(300.Seconds(), compat.RemoteIdle);
    }
}
