using Balancer.Rx;

namespace Balancer.Daemon.Settings;

// Whose a client is: of all backends, and of single ones, which are named by their numbers.
internal static partial class SettingsTable
{
    private static IEnumerable<Setting> Affinity =>
    [
        Core(
            "affinity", "how a client gets its backend: in turn, and it is remembered, or by "
                + "rendezvous, the same on every host and after every restart",
            Words.Choice(
                "", ("turn", AffinityPolicy.Turn), ("rendezvous", AffinityPolicy.Rendezvous)),
            core => core.Affinity, (core, policy) => core with { Affinity = policy })
            with { Word = "POLICY" },
        OfBackends(
            "weight", "ID=WEIGHT",
            "how much of the clients backend ID gets beside others, 1 for those not named",
            AffinityValues.Weight, "^[0-9]+=[0-9]+$", nameof(BalancerOptions.Weights),
            core => core.Weights, (core, weights) => core with { Weights = weights }),
        OfBackends(
            "standby", "ID[=ORDER]",
            "backend ID carries only while no other can; of several standbys the lowest order",
            AffinityValues.Standby, "^[0-9]+(=[0-9]+)?$", nameof(BalancerOptions.Standby),
            core => core.Standby, (core, orders) => core with { Standby = orders }),
    ];

    // Of a backend that is named twice the last word counts.
    private static SeveralSetting<KeyValuePair<BackendId, int>> OfBackends(
        string name, string word, string text,
        Func<string, Reading<KeyValuePair<BackendId, int>>> read, string pattern, string member,
        Func<BalancerOptions, IReadOnlyDictionary<BackendId, int>> get,
        Func<BalancerOptions, IReadOnlyDictionary<BackendId, int>, BalancerOptions> put) => new()
        {
            Name = name,
            Word = word,
            Member = member,
            Text = text,
            Values = Words.Texts(
                read, $"1 to {BackendPolicy.Most}", pattern, of => $"{of.Key}={of.Value}"),
            Get = options => [.. get(options.Core).OrderBy(of => of.Key)],
            Put = (options, given) => options.WithCore(core => put(core, given
                .GroupBy(of => of.Key).ToDictionary(of => of.Key, of => of.Last().Value))),
        };
}
