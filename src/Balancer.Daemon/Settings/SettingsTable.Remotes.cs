using Balancer.Rx;

namespace Balancer.Daemon.Settings;

// Of the clients' places, and of datagrams: for the file alone.
internal static partial class SettingsTable
{
    private static IEnumerable<Setting> Remotes =>
    [
        Core(
            "remote-idle", "a client unheard of for longer than this is forgotten",
            Words.Times("1s", "24h"),
            core => core.RemoteIdle, (core, time) => core with { RemoteIdle = time }),
        Core(
            "expire-every", "how often idle clients are looked for; at most remoteIdle",
            Words.Times("1s", "1h"),
            core => core.ExpireEvery, (core, time) => core with { ExpireEvery = time }),
        Core(
            "rebalance-every", "how often the spread of the clients is looked at",
            Words.Times("1s", "1h"),
            core => core.RebalanceEvery, (core, time) => core with { RebalanceEvery = time }),
        Core(
            "rebalance", "how clients are spread again",
            Words.Choice(
                "", ("by-traffic", RebalancePolicy.ByTraffic),
                ("lowest-addresses", RebalancePolicy.LowestAddresses)),
            core => core.Rebalance, (core, policy) => core with { Rebalance = policy }),
        Core(
            "rebalance-tolerance", "a lead of the most loaded backend over the least that is left "
                + "alone, as a share of the mean",
            Words.Fractions("a share", 100),
            core => core.RebalanceTolerance,
            (core, share) => core with { RebalanceTolerance = share }),
        Core(
            "rebalance-cool-down", "how long a client that was moved stays",
            Words.Times("1m", "24h"),
            core => core.RebalanceCoolDown,
            (core, time) => core with { RebalanceCoolDown = time }),
        Core(
            "backup", "who serves a client whose backend cannot",
            Words.Choice(
                "", ("rendezvous", BackupPolicy.Rendezvous),
                ("round-robin", BackupPolicy.RoundRobin)),
            core => core.Backup, (core, policy) => core with { Backup = policy }),
        Core(
            "displaced-per-second", "when the table of clients is full, so many strangers a second "
                + "give way to newcomers",
            Words.Numbers("a number of clients", 0, MostRemotes),
            core => core.DisplacedPerSecond,
            (core, most) => core with { DisplacedPerSecond = most }),
        PinSetting.Row,
        Core(
            "max-pins", "clients that can be pinned",
            Words.Numbers("a number of clients", 0, 65_536),
            core => core.MaxPins, (core, most) => core with { MaxPins = most }),
        Core(
            "sweep-share", "clients that are moved or forgotten in one turn of a loop",
            Words.Numbers("a number of clients", 1, MostRemotes),
            core => core.SweepShare, (core, most) => core with { SweepShare = most }),
        Core(
            "ring-bytes", "bytes that may wait to be sent to one backend",
            Words.Powers("a number of bytes", 1 << 18, 1 << 30),
            core => core.RingBytes, (core, size) => core with { RingBytes = size }),
        Core(
            "journal-entries", "questions in flight, over all backends",
            Words.Powers("a number of questions", 1, 1 << 24),
            core => core.JournalEntries, (core, most) => core with { JournalEntries = most }),
        Core(
            "answer-patience", "a question unanswered for longer has expired; less than remoteIdle",
            Words.Times("100ms", "10m"),
            core => core.AnswerPatience, (core, time) => core with { AnswerPatience = time }),
        Core(
            "filter-datagrams", "drop what cannot be a question",
            core => core.FilterDatagrams, (core, on) => core with { FilterDatagrams = on }),
        Core(
            "match-answers", "pass only answers to somebody who asked",
            core => core.MatchAnswers, (core, on) => core with { MatchAnswers = on }),
        Core(
            "reroute-when-stuck", "when a backend takes no more, its queries go to another",
            core => core.RerouteWhenStuck, (core, on) => core with { RerouteWhenStuck = on }),
    ];
}
