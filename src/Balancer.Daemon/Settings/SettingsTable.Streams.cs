namespace Balancer.Daemon.Settings;

// Of clients that come over TCP: for the file alone.
internal static partial class SettingsTable
{
    private static IEnumerable<Setting> Streams =>
    [
        Core(
            "tcp-open-patience", "from connect to the backend's word that it serves",
            Words.Times("10ms", "10m"),
            core => core.StreamOpenPatience,
            (core, time) => core with { StreamOpenPatience = time }),
        Core(
            "tcp-connect-attempts", "backends that are tried for one connection",
            Words.Numbers("a number of backends", 1, 100),
            core => core.StreamConnectAttempts,
            (core, most) => core with { StreamConnectAttempts = most }),
        Core(
            "tcp-idle", "a connection on which nothing has moved for so long is ended",
            Words.Times("100ms", "24h"),
            core => core.StreamIdle, (core, time) => core with { StreamIdle = time }),
        Core(
            "tcp-half-closed", "after one side has closed, how long nothing may move before the "
                + "other is cut; at most tcpIdle",
            Words.Times("10ms", "24h"),
            core => core.StreamHalfClosed, (core, time) => core with { StreamHalfClosed = time }),
        Core(
            "tcp-first-byte", "a client that has said nothing is ended after so long; at most "
                + "tcpIdle",
            Words.Times("10ms", "24h"),
            core => core.StreamFirstByte, (core, time) => core with { StreamFirstByte = time }),
        Core(
            "tcp-lifetime", "the longest that a connection lasts; at least tcpIdle",
            Words.Times("1s", "24h"),
            core => core.StreamLifetime, (core, time) => core with { StreamLifetime = time }),
        Core(
            "tcp-gives-way-after", "when there are maxTcp, the idlest gives way if nothing has "
                + "moved on it for so long",
            Words.Times("0s", "24h"),
            core => core.StreamGivesWayAfter,
            (core, time) => core with { StreamGivesWayAfter = time }),
        Core(
            "max-tcp-per-prefix", "TCP connections of the clients of one prefix; at least "
                + "maxTcpPerClient",
            Words.Numbers("a number of connections", 1, MostStreams),
            core => core.MaxStreamsPerPrefix,
            (core, most) => core with { MaxStreamsPerPrefix = most }),
        Core(
            "tcp-prefix-bits", "leading bits of an address that make a prefix",
            Words.Numbers("a number of bits", 1, 32),
            core => core.StreamPrefixBits, (core, bits) => core with { StreamPrefixBits = bits }),
        Core(
            "tcp-buffer", "bytes that one direction of one connection may hold",
            Words.Numbers("a number of bytes", 4_096, 1 << 24),
            core => core.StreamBuffer, (core, size) => core with { StreamBuffer = size }),
    ];
}
