using Balancer.Rx;

namespace Balancer.Daemon.Settings;

// What clients may do.
internal static partial class SettingsTable
{
    /// <summary>Twice as many descriptors are more than Linux gives a process by default.</summary>
    private const int MostStreams = 1 << 20;

    private static IEnumerable<Setting> Clients =>
    [
        new SeveralSetting<Network>
        {
            Name = "allow", Word = "CIDR",
            Text = "serve these networks only",
            Values = Words.Texts(
                CommandLineValues.Network, "", "^[0-9]{1,3}(\\.[0-9]{1,3}){3}(/[0-9]{1,2})?$"),
            Get = options => options.Core.Allow,
            Put = (options, allow) => options.WithCore(core => core with { Allow = allow }),
            Otherwise = "everybody",
        },
        Core(
            "rate-limit", "UDP queries a second from a /24 in all",
            Words.Numbers("a number of queries a second", 1, 100_000),
            core => core.RateLimit, (core, most) => core with { RateLimit = most })
            with { Word = "N", Otherwise = "off" },
        Core(
            "rate-slip", "of those over it, each Nth is sent to TCP; 0: none",
            Words.Numbers("a number of queries", 0, 100),
            core => core.RateSlip, (core, slip) => core with { RateSlip = slip })
            with { Word = "N" },
        Core(
            "rate-burst", "how many may come at once after a silence; 0: what a second allows",
            Words.Numbers("a number of queries", 0, 1_000_000),
            core => core.RateBurst, (core, burst) => core with { RateBurst = burst }),
        Core(
            "rate-limit-prefix-bits", "leading bits of an address that make a client for the limit",
            Words.Numbers("a number of bits", 1, 32),
            core => core.RateLimitPrefixBits,
            (core, bits) => core with { RateLimitPrefixBits = bits }),
        Core(
            "max-tcp", "TCP connections at once, or fewer if descriptors are short; then the "
                + "idlest gives way",
            Words.Numbers("a number of connections", 1, MostStreams),
            core => core.MaxStreams, (core, most) => core with { MaxStreams = most })
            with { Word = "N" },
        // What one client may have, its prefix may have too.
        Core(
            "max-tcp-per-client", "TCP connections of one client address",
            Words.Numbers("a number of connections", 1, MostStreams),
            core => core.MaxStreamsPerClient,
            (core, most) => core with
            {
                MaxStreamsPerClient = most,
                MaxStreamsPerPrefix = Math.Max(core.MaxStreamsPerPrefix, most),
            })
            with { Word = "N" },
    ];
}
