using System.Globalization;
using System.Net;
using Balancer.Daemon.Narration;
using Balancer.Rx;

namespace Balancer.Daemon;

/// <summary>A value that was read, or the reason why it was refused.</summary>
internal readonly record struct Reading<T>(T Value, string? Refused)
{
    public static implicit operator Reading<T>(T value) => new(value, null);

    public static implicit operator Reading<T>(Refusal refusal) => new(default!, refusal.Reason);
}

/// <summary>Why a value was refused.</summary>
internal readonly record struct Refusal(string Reason);

/// <summary>
/// Text to values, strictly: what is not exactly a value is refused. The reasons do not name the
/// setting nor the value: the same text may stand on a command line or in a file.
/// </summary>
internal static class CommandLineValues
{
    /// <summary>224/4 multicast, 240/4 reserved and broadcast: no host has these.</summary>
    private const int FirstNobodyHas = 224;

    /// <summary>For <see cref="ControlPath"/>: no control socket.</summary>
    public const string Off = "off";

    private const string Levels = "trace, debug, info, warn, error or fatal";

    private const int MostListed = 10_000;

    /// <summary>What each backend is asked now and then.</summary>
    public static Reading<QueryProbe?> Probe(string text) =>
        QueryProbe.TryParse(text, out var probe, out var reason) ? probe : new Refusal(reason);

    /// <summary>A network whose clients may ask.</summary>
    public static Reading<Network> Network(string text) =>
        Rx.Network.TryParse(text, out var network, out var reason)
            ? network
            : new Refusal(reason);

    /// <summary>An IPv4 address that a host can have (C2).</summary>
    public static Reading<IPAddress> Address(string text) =>
        IPv4.Read(text) is { } address
            ? address.GetAddressBytes()[0] < FirstNobodyHas
                ? address
                : new Refusal("not an address that a host can have")
            : new Refusal("not an IPv4 address (four numbers, 0 to 255)");

    /// <summary>A directory that is there (C5); kept as it was given.</summary>
    public static Reading<string> ExistingDirectory(string text) =>
        Directory.Exists(text) ? text
        : File.Exists(text) ? new Refusal("not a directory")
        : new Refusal("no such directory");

    /// <summary>Where the control socket shall be.</summary>
    public static Reading<string?> ControlPath(string text) =>
        text == Off || text.Contains('/', StringComparison.Ordinal)
            ? text
            : new Refusal($"not a path (with a slash), nor \"{Off}\"");

    /// <summary>An IPv4 address, a colon, a port.</summary>
    public static Reading<IPEndPoint?> Endpoint(string text) =>
        text.Split(':') is [var address, _]
        && address.Contains('.', StringComparison.Ordinal)
        && IPEndPoint.TryParse(text, out var endpoint)
        && endpoint.Port != 0
        && endpoint.ToString() == text
            ? endpoint
            : new Refusal("not an IPv4 address and port (127.0.0.1:9053)");

    /// <summary>Where recordings are written when a backend faults.</summary>
    public static Reading<string?> FlightDirectory(string text) => Directory.Exists(text)
        ? text
        : new Refusal("not a directory");

    /// <summary>A user: a name of /etc/passwd, or a number.</summary>
    public static Reading<uint> User(string text) => Users.OfSystem.Find(text) is { } id
        ? id
        : new Refusal("no such user in /etc/passwd, nor a number");

    /// <summary>A user to serve as.</summary>
    public static Reading<Account?> Account(string text) =>
        Users.OfSystem.AccountOf(text) is { } user
            ? user
            : new Refusal("no such user in /etc/passwd");

    /// <summary>Why a level of -l is refused (C4).</summary>
    public static string NotALevel(string text) =>
        $"invalid log level for -l: \"{text}\" ({Levels})";

    /// <summary>A level in LOG_LEVEL (C6).</summary>
    public static Reading<LogLevel> EnvironmentLevel(string text) =>
        Settings.Words.LogLevels.Read(text) is { Refused: null } level
            ? level
            : new Refusal($"invalid LOG_LEVEL \"{text}\" ({Levels})");

    /// <summary>So many clients are listed; for the verbs.</summary>
    public static Reading<int> RemotesLimit(string text) =>
        Limit(text, "a number of clients", MostListed);

    /// <summary>After so many lines a tap ends; for the verbs.</summary>
    public static Reading<int> TapLimit(string text) =>
        Limit(text, "a number of lines", int.MaxValue);

    /// <summary>Digits and nothing else.</summary>
    public static Reading<int> Number(string text, string what, int most, int least = 1) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? number
            : new Refusal($"not {what} ({least} to {most})");

    /// <summary>What was typed, also if it was nothing.</summary>
    public static string Shown(string text) => text.Length == 0 ? "\"\"" : text;

    private static Reading<int> Limit(string text, string what, int most) =>
        Number(text, what, most) is { Refused: { } reason }
            ? new Refusal($"--limit {Shown(text)}: {reason}")
            : Number(text, what, most);
}
