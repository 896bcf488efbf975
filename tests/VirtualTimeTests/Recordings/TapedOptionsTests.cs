using System.Reflection;
using Balancer.Rx;
using Balancer.Rx.Recording;

namespace Balancer.VirtualTimeTests.Recordings;

// Every option that decides anything is in a recording.
public class TapedOptionsTests
{
    // Secrets, the data plane's and those of TCP: nothing that is replayed depends on them. Whoever
    // adds an option says here that it is such a one, or adds it to TapedOptions.
    static readonly string[] NotTaped =
    [
        nameof(BalancerOptions.HashSeed), nameof(BalancerOptions.Allow),
        nameof(BalancerOptions.RateLimit), nameof(BalancerOptions.RateBurst),
        nameof(BalancerOptions.RateSlip), nameof(BalancerOptions.RateLimitPrefixBits),
        nameof(BalancerOptions.ReplayAge), nameof(BalancerOptions.ReplayPause),
        nameof(BalancerOptions.ParkPatience), nameof(BalancerOptions.MaxParked),
        nameof(BalancerOptions.MaxParkedBytes), nameof(BalancerOptions.WhenEmpty),
        nameof(BalancerOptions.RingBytes), nameof(BalancerOptions.JournalEntries),
        nameof(BalancerOptions.AnswerPatience), nameof(BalancerOptions.FilterDatagrams),
        nameof(BalancerOptions.MatchAnswers), nameof(BalancerOptions.RerouteWhenStuck),
        nameof(BalancerOptions.StopPatience),
    ];

    static readonly string[] OfTheirOwn =
    [
        nameof(BalancerOptions.SocketDirectory), nameof(BalancerOptions.BackendOwners),
        nameof(BalancerOptions.Probe), nameof(BalancerOptions.Weights),
        nameof(BalancerOptions.Standby),
    ];

    static IEnumerable<PropertyInfo> Properties => typeof(BalancerOptions)
        .GetProperties()
        .Where(property => !property.GetMethod!.IsStatic && property.Name != "EqualityContract");

    [Fact]
    public void Every_option_is_taped_or_is_known_to_decide_nothing() => Assert.Equal(
        Properties.Select(property => property.Name).Order(),
        TapedOptions.Names
            .Concat(NotTaped)
            .Concat(OfTheirOwn)
            .Concat(Properties.Select(p => p.Name).Where(IsOfStreams))
            .Order());

    [Fact]
    public void Those_of_compat_and_others_come_back_as_they_were()
    {
        var options = BalancerOptions.Compat with
        {
            SocketDirectory = "/sockets",
            BackendOwners = new HashSet<uint> { 0, 1_000 },
            Probe = new("example.com", 28, 3),
            Seed = 7,
            RebalanceBudget = 0.125,
            MaxRemotes = 1,
        };
        var written = new TapeWriter();
        TapedOptions.Write(written, options);
        var read = TapedOptions.Read(new(written.Written.ToArray()));
        Assert.Equal(options.BackendOwners, read.BackendOwners);
        Assert.Equal(
            Values(options with { BackendOwners = null }),
            Values(read with { BackendOwners = null }));
    }

    [Fact]
    public void Those_of_single_backends_come_back_as_they_were()
    {
        var options = BalancerOptions.Default with
        {
            SocketDirectory = "/sockets",
            Affinity = AffinityPolicy.Rendezvous,
            Weights = new Dictionary<BackendId, int> { [new(5302)] = 3, [new(5301)] = 100 },
            Standby = new Dictionary<BackendId, int> { [new(7)] = 2 },
        };
        var written = new TapeWriter();
        TapedOptions.Write(written, options);
        var read = TapedOptions.Read(new(written.Written.ToArray()));
        Assert.Equal(AffinityPolicy.Rendezvous, read.Affinity);
        Assert.Equal(options.Weights.OrderBy(of => of.Key), read.Weights.OrderBy(of => of.Key));
        Assert.Equal(options.Standby, read.Standby);
    }

    static IEnumerable<string> Values(BalancerOptions options) => Properties
        .Where(property => !NotTaped.Contains(property.Name) && !IsOfStreams(property.Name)
            && property.Name is not (
                nameof(BalancerOptions.Weights) or nameof(BalancerOptions.Standby)))
        .Select(property => $"{property.Name} = {property.GetValue(options)}");

    static bool IsOfStreams(string name) =>
        name.StartsWith("Stream", StringComparison.Ordinal)
        || name.StartsWith("MaxStreams", StringComparison.Ordinal);
}
