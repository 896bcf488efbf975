using Balancer.Daemon.Settings;

namespace Balancer.Daemon;

/// <summary>What --help says: the prose is here, the settings tell of themselves.</summary>
internal static class CommandLineHelp
{
    private const string Before = """
        Shares out DNS clients, UDP and TCP, among several DNS server processes on this host.

        Usage:
          balancer -s DIR [OPTION]...
          balancer --config FILE [OPTION]...
          balancer check [--config FILE] [OPTION]...
          balancer check --schema
          balancer demo [-p PORT] [-l LEVEL] [--log-format FORMAT]

        Options:

        """;

    private const string After = """
              --config FILE           settings from a JSON file with comments; flags go before
                                      it (docs/configuration.md)
              --version               version, commit, reactive data and platform
          -h, --help                  this text

        Commands:
          check                       would it start, and serve? changes nothing;
                                      balancer check --help tells
          demo                        three backends of its own, ready to be asked
          status, tap, explain, top, drain and more
                                      to look at a running daemon, and to give it orders;
                                      balancer status --help tells

        Environment:
          LOG_LEVEL                   overrides --log-level
          NO_COLOR                    if not empty, text is not coloured

        Signals:
          SIGTERM, SIGINT             finish what is in flight, at most 5 s, and end;
                                      a second one ends at once
          SIGHUP                      read the --config FILE anew, as when it changes
          SIGUSR1                     statistics to the log
          SIGUSR2                     a file of what came in lately, to --flight-recorder or
                                      the directory for temporary files

        Example:
          balancer -s /var/run/binder/sockets -b 192.0.2.53 -l warn

        Exit codes:
          0  ended by a signal, after what was in flight; help or version was told
          1  a bad argument, or an address or port that cannot be had (stderr says
             which); or a second signal cut the end short

        """;

    private const string BeforeDemo = """
        Starts three DNS backends of its own and balances between them on 127.0.0.1.

        Usage:
          balancer demo [-p PORT] [-l LEVEL] [--log-format FORMAT]

        Options:

        """;

    private const string AfterDemo = """
          -h, --help                  this text

        Environment:
          LOG_LEVEL                   overrides --log-level
          NO_COLOR                    if not empty, text is not coloured

        Example:
          balancer demo -p 5400

        Exit codes:
          0  ended by a signal; help was told
          1  a bad argument, or no port to be had (stderr says which); or a second
             signal cut the end short

        """;

    private const string BeforeCheck = """
        Says whether a balancer of these settings would start and serve. Changes nothing: it takes
        the ports for an instant, lists the directory, and says HELLO to each backend.

        Usage:
          balancer check [--config FILE] [OPTION]...
          balancer check --schema

        Options:
              --config FILE           settings from a JSON file with comments; flags go before
                                      it (docs/configuration.md)
              --schema                print the JSON schema of such a file, and nothing else
          -h, --help                  this text

        """;

    private const string AfterCheck = """

        Each line begins with ok, note or bad.

        Exit codes:
          0  nothing is bad
          1  something is, or a setting was refused (stderr says which, file, line and key)

        """;

    private static readonly DemoOptions Demonstrated = new();

    /// <summary>The settings that the demo has, too.</summary>
    public static IReadOnlyList<Setting> DemoSettings { get; } =
    [
        SettingsTable.Named("port") with
        {
            Text = "port for UDP and TCP; another if it is in use",
        },
        SettingsTable.Named("log-level"),
        SettingsTable.Named("log-format"),
    ];

    /// <summary>Of the daemon.</summary>
    public static string Daemon() =>
        $"{Before}{SettingsHelp.Of(SettingsTable.Flags, new())}{After}";

    /// <summary>Of the demo.</summary>
    public static string Demo()
    {
        var options = new DaemonOptions { Port = Demonstrated.Port, Log = Demonstrated.Log };
        return $"{BeforeDemo}{SettingsHelp.Of(DemoSettings, options)}{AfterDemo}";
    }

    /// <summary>Of the check: all that the daemon takes.</summary>
    public static string Check() =>
        $"{BeforeCheck}{SettingsHelp.Of(SettingsTable.Flags, new())}{AfterCheck}";

    /// <summary>What the demo does unless something else is said.</summary>
    public static DaemonOptions DemoDefaults(Surroundings world) => new()
    {
        Port = Demonstrated.Port,
        Log = SettingsReader.LogOf(world) with { Level = Demonstrated.Log.Level },
    };
}
