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

/// <summary>Text to values, strictly: what is not exactly a value is refused.</summary>
internal static class CommandLineValues
{
    private const string Levels = "trace, debug, info, warn, error or fatal";

    /// <summary>A port: digits and nothing else, 1 to 65535 (C3).</summary>
    public static Reading<int> Port(string text) =>
        Number(text, "--port", "a port", IPEndPoint.MaxPort);

    /// <summary>How many loops: digits, 1 to 64.</summary>
    public static Reading<int> Loops(string text) =>
        Number(text, "--loops", "a number of loops", MostLoops);

    /// <summary>How many remotes to remember: digits, from one to what memory may hold.</summary>
    public static Reading<int> Remotes(string text) =>
        Number(text, "--max-remotes", "a number of remotes", MostRemotes);

    /// <summary>What is told when no backend can carry a question.</summary>
    public static Reading<WhenEmpty> WhenEmpty(string text) => text switch
    {
        "drop" => Rx.WhenEmpty.Drop,
        "servfail" => Rx.WhenEmpty.ServFail,
        "refused" => Rx.WhenEmpty.Refused,
        _ => new Refusal($"--when-empty {Shown(text)}: not drop, servfail or refused"),
    };

    /// <summary>What each backend is asked now and then.</summary>
    public static Reading<QueryProbe?> Probe(string text) =>
        QueryProbe.TryParse(text, out var probe, out var reason)
            ? probe
            : new Refusal($"--probe {Shown(text)}: {reason}");

    /// <summary>How often: whole seconds, more than the second an answer may take.</summary>
    public static Reading<TimeSpan> ProbeEvery(string text)
    {
        var seconds = Number(text, "--probe-every", "a number of seconds", 3_600, least: 2);
        return new(TimeSpan.FromSeconds(seconds.Value), seconds.Refused);
    }

    /// <summary>A network whose clients may ask.</summary>
    public static Reading<Network> Network(string text) =>
        Rx.Network.TryParse(text, out var network, out var reason)
            ? network
            : new Refusal($"--allow {Shown(text)}: {reason}");

    /// <summary>How many datagrams a second one client may send.</summary>
    public static Reading<int> RateLimit(string text) =>
        Number(text, "--rate-limit", "a number of queries a second", MostQueries);

    /// <summary>Which of the datagrams over the limit are answered; 0: none.</summary>
    public static Reading<int> RateSlip(string text) =>
        Number(text, "--rate-slip", "a number of queries", MostSlipped, least: 0);

    /// <summary>As the core checks them.</summary>
    private const int MostQueries = 100_000, MostSlipped = 100;

    /// <summary>How many client connections at once: digits, 1 to 1048576.</summary>
    public static Reading<int> Streams(string text) =>
        Number(text, "--max-tcp", "a number of connections", MostStreams);

    /// <summary>How many of them one client may have: digits, 1 to 1048576.</summary>
    public static Reading<int> StreamsPerClient(string text) =>
        Number(text, "--max-tcp-per-client", "a number of connections", MostStreams);

    /// <summary>A share of the remotes, as percent: 0 to 100, with or without a fraction.</summary>
    public static Reading<double> RebalanceBudget(string text) =>
        double.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
        && percent is >= 0 and <= 100
            ? percent / 100
            : new Refusal($"--rebalance-budget {Shown(text)}: not a percentage (0 to 100)");

    private const int MostLoops = 64;

    /// <summary>Twice as many descriptors are more than Linux gives a process by default.</summary>
    private const int MostStreams = 1 << 20;

    /// <summary>An IPv4 client in 256; some 3 GB.</summary>
    private const int MostRemotes = 1 << 24;

    /// <summary>224/4 multicast, 240/4 reserved and broadcast: no host has these.</summary>
    private const int FirstNobodyHas = 224;

    /// <summary>An IPv4 address that a host can have (C2).</summary>
    public static Reading<IPAddress> Address(string text) =>
        IPv4.Read(text) is { } address
            ? address.GetAddressBytes()[0] < FirstNobodyHas
                ? address
                : new Refusal($"--bind {text}: not an address that a host can have")
            : new Refusal($"--bind {Shown(text)}: not an IPv4 address (four numbers, 0 to 255)");

    /// <summary>A directory that is there (C5); kept as it was given.</summary>
    public static Reading<string> ExistingDirectory(string text) =>
        Directory.Exists(text) ? text
        : File.Exists(text) ? new Refusal($"--socket-directory {Shown(text)}: not a directory")
        : new Refusal($"--socket-directory {Shown(text)}: no such directory");

    /// <summary>For <see cref="ControlPath"/>: no control socket.</summary>
    public const string Off = "off";

    /// <summary>Where the control socket shall be.</summary>
    public static Reading<string?> ControlPath(string text) =>
        text == Off || text.Contains('/', StringComparison.Ordinal)
            ? text
            : new Refusal($"--control {Shown(text)}: not a path (with a slash), nor \"{Off}\"");

    /// <summary>An IPv4 address, a colon, a port.</summary>
    public static Reading<IPEndPoint?> Endpoint(string text) =>
        text.Split(':') is [var address, _]
        && address.Contains('.', StringComparison.Ordinal)
        && IPEndPoint.TryParse(text, out var endpoint)
        && endpoint.Port != 0
        && endpoint.ToString() == text
            ? endpoint
            : new Refusal($"--http {Shown(text)}: not an IPv4 address and port (127.0.0.1:9053)");

    /// <summary>So many clients are listed.</summary>
    public static Reading<int> RemotesLimit(string text) =>
        Number(text, "--limit", "a number of clients", MostListed);

    private const int MostListed = 10_000;

    /// <summary>After so many lines a tap ends.</summary>
    public static Reading<int> TapLimit(string text) =>
        Number(text, "--limit", "a number of lines", int.MaxValue);

    /// <summary>Where recordings are written when a backend faults.</summary>
    public static Reading<string?> FlightDirectory(string text) => Directory.Exists(text)
        ? text
        : new Refusal($"--flight-recorder {Shown(text)}: not a directory");

    /// <summary>How much is kept for them: MiB, 0 to 1024.</summary>
    public static Reading<int> FlightMemory(string text) =>
        Number(text, "--flight-memory", "a number of MiB", 1_024, least: 0);

    /// <summary>A user: a name of /etc/passwd, or a number.</summary>
    public static Reading<uint> User(string text) => Users.OfSystem.Find(text) is { } id
        ? id
        : new Refusal($"--backend-user {Shown(text)}: no such user in /etc/passwd, nor a number");

    /// <summary>A level for -l (C4).</summary>
    public static Reading<LogLevel> Level(string text) =>
        LevelNamed(text) is { } level
            ? level
            : new Refusal($"invalid log level for -l: \"{text}\" ({Levels})");

    /// <summary>A level in LOG_LEVEL (C6).</summary>
    public static Reading<LogLevel> EnvironmentLevel(string text) =>
        LevelNamed(text) is { } level
            ? level
            : new Refusal($"invalid LOG_LEVEL \"{text}\" ({Levels})");

    /// <summary>A log format; not given: the terminal decides.</summary>
    public static Reading<LogFormat?> Format(string text) => text switch
    {
        "bunyan" => LogFormat.Bunyan,
        "json" => LogFormat.Json,
        "text" => LogFormat.Text,
        _ => new Refusal($"--log-format {Shown(text)}: not a format (bunyan, json or text)"),
    };

    private static Reading<int> Number(
        string text, string option, string what, int most, int least = 1) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least && number <= most
            ? number
            : new Refusal($"{option} {Shown(text)}: not {what} ({least} to {most})");

    /// <summary>What was typed, also if it was nothing.</summary>
    public static string Shown(string text) => text.Length == 0 ? "\"\"" : text;

    private static LogLevel? LevelNamed(string text) => text switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Info,
        "warn" => LogLevel.Warn,
        "error" => LogLevel.Error,
        "fatal" => LogLevel.Fatal,
        _ => null,
    };
}
