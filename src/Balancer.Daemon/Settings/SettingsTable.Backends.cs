using Balancer.Rx;

namespace Balancer.Daemon.Settings;

// Whose answers clients get.
internal static partial class SettingsTable
{
    private static IEnumerable<Setting> Backends =>
    [
        new SeveralSetting<uint>
        {
            Name = "backend-user", Word = "USER",
            Text = "name or uid of a user whose sockets may be backends, besides root's and the "
                + "daemon's own",
            Values = Words.Users,
            Get = options => options.BackendUsers,
            Put = (options, users) => options with { BackendUsers = users },
        },
        Core(
            "max-remotes", "clients to remember; others are served too",
            Words.Numbers("a number of remotes", 1, MostRemotes),
            core => core.MaxRemotes, (core, most) => core with { MaxRemotes = most })
            with { Word = "N" },
        Core(
            "probe", "a question that a backend with all its data answers so; one that does not "
                + "is passed over",
            Words.Texts(CommandLineValues.Probe, ""),
            core => core.Probe, (core, probe) => core with { Probe = probe })
            with { Word = "NAME[/TYPE[/RCODE]]", Otherwise = "none; A, NOERROR" },
        Core(
            "probe-every", "how often it is asked",
            Words.Seconds(2, 3_600),
            core => core.ProbeEvery, (core, time) => core with { ProbeEvery = time })
            with { Word = "SECONDS" },
        Core(
            "probe-patience", "how long its answer may take",
            Words.Times("10ms", "1m"),
            core => core.ProbePatience, (core, time) => core with { ProbePatience = time }),
        Core(
            "when-empty", "what clients are told when no backend can be had, drop meaning nothing; "
                + "UDP only",
            Words.Choice(
                "", ("drop", WhenEmpty.Drop), ("servfail", WhenEmpty.ServFail),
                ("refused", WhenEmpty.Refused)),
            core => core.WhenEmpty, (core, policy) => core with { WhenEmpty = policy })
            with { Word = "POLICY" },
        Core(
            "rebalance-budget", "percent of the clients to move in a minute, at most, so that "
                + "backends carry the same load; 0: none",
            Words.Fractions("a percentage", 100, parts: 100),
            core => core.RebalanceBudget, (core, share) => core with { RebalanceBudget = share })
            with { Word = "PERCENT" },
    ];

    /// <summary>An IPv4 client in 256; some 3 GB.</summary>
    private const int MostRemotes = 1 << 24;
}
