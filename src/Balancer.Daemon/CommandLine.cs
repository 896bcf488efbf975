// THE COMMAND LINE: what the original took (C1 to C8), with long names beside the short ones.
//
// System.CommandLine tokenizes and binds. What is said to people is ours: its refusals are several
// lines and a usage text, ours are one line that names the option and the reason. As with getopt,
// a later value replaces an earlier one, though each must be good; -b and --backend-user gather.
// Unlike with the original, arguments that mean nothing are refused.
//
// The environment, the terminal and the two streams are arguments, so that all of this can be
// tested without a process.

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Net;
using Balancer.Daemon.Control.Recordings;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Verbs;
using Balancer.Rx;

namespace Balancer.Daemon;

/// <summary>From arguments to options, and on to whoever serves them.</summary>
internal sealed class CommandLine
{
    private readonly Option<string> _directory = CommandLineOptions.Single(
        "--socket-directory", "-s", "", CommandLineValues.ExistingDirectory);

    private readonly Option<IPAddress[]> _addresses = CommandLineOptions.Several(
        "--bind", "-b", [IPAddress.Any], CommandLineValues.Address);

    private readonly Option<uint[]> _users = CommandLineOptions.Several<uint>(
        "--backend-user", null, [], CommandLineValues.User);

    private readonly Option<int> _loops = CommandLineOptions.Single(
        "--loops", null, new DaemonOptions().Loops, CommandLineValues.Loops);

    private readonly Option<int> _remotes = CommandLineOptions.Single(
        "--max-remotes", null, BalancerOptions.Default.MaxRemotes, CommandLineValues.Remotes);

    private readonly Option<Network[]> _allow = CommandLineOptions.Several<Network>(
        "--allow", null, [], CommandLineValues.Network);

    private readonly Option<int> _rateLimit = CommandLineOptions.Single(
        "--rate-limit", null, BalancerOptions.Default.RateLimit, CommandLineValues.RateLimit);

    private readonly Option<int> _rateSlip = CommandLineOptions.Single(
        "--rate-slip", null, BalancerOptions.Default.RateSlip, CommandLineValues.RateSlip);

    private readonly Option<int> _streams = CommandLineOptions.Single(
        "--max-tcp", null, BalancerOptions.Default.MaxStreams, CommandLineValues.Streams);

    private readonly Option<int> _streamsPerClient = CommandLineOptions.Single(
        "--max-tcp-per-client", null, BalancerOptions.Default.MaxStreamsPerClient,
        CommandLineValues.StreamsPerClient);

    private readonly Option<WhenEmpty> _whenEmpty = CommandLineOptions.Single(
        "--when-empty", null, BalancerOptions.Default.WhenEmpty, CommandLineValues.WhenEmpty);

    private readonly Option<QueryProbe?> _probe = CommandLineOptions.Single<QueryProbe?>(
        "--probe", null, null, CommandLineValues.Probe);

    private readonly Option<TimeSpan> _probeEvery = CommandLineOptions.Single(
        "--probe-every", null, BalancerOptions.Default.ProbeEvery, CommandLineValues.ProbeEvery);

    private readonly Option<double> _rebalance = CommandLineOptions.Single(
        "--rebalance-budget", null, BalancerOptions.Default.RebalanceBudget,
        CommandLineValues.RebalanceBudget);

    private readonly Option<string?> _control = CommandLineOptions.Single<string?>(
        "--control", null, null, CommandLineValues.ControlPath);

    private readonly Option<IPEndPoint?> _http = CommandLineOptions.Single<IPEndPoint?>(
        "--http", null, null, CommandLineValues.Endpoint);

    private readonly Option<bool> _anywhere =
        new("--http-anywhere") { Arity = ArgumentArity.Zero };

    private readonly Option<string?> _flights = CommandLineOptions.Single<string?>(
        "--flight-recorder", null, null, CommandLineValues.FlightDirectory);

    private readonly Option<int> _flightMemory = CommandLineOptions.Single(
        "--flight-memory", null, new FlightOptions().Megabytes, CommandLineValues.FlightMemory);

    private readonly Option<bool> _compat = new("--compat") { Arity = ArgumentArity.Zero };

    private readonly CommandLineOptions _daemon =
        new(new DaemonOptions().Port, new DaemonOptions().Log.Level);

    private readonly CommandLineOptions _demo =
        new(new DemoOptions().Port, new DemoOptions().Log.Level);

    private readonly RootCommand _root = [];
    private readonly Surroundings _world;

    private CommandLine(
        Func<DaemonOptions, int> serve, Func<DemoOptions, int> demonstrate, Surroundings world)
    {
        _world = world;
        // The library's own --help, --version and [directives] give way to ours.
        _root.Options.Clear();
        _root.Directives.Clear();
        _root.Add(_directory);
        _root.Add(_addresses);
        _root.Add(_users);
        _root.Add(_loops);
        _root.Add(_remotes);
        _root.Add(_allow);
        _root.Add(_rateLimit);
        _root.Add(_rateSlip);
        _root.Add(_streams);
        _root.Add(_streamsPerClient);
        _root.Add(_rebalance);
        _root.Add(_whenEmpty);
        _root.Add(_probe);
        _root.Add(_probeEvery);
        _root.Add(_control);
        _root.Add(_http);
        _root.Add(_anywhere);
        _root.Add(_flights);
        _root.Add(_flightMemory);
        _root.Add(_compat);
        _daemon.AddTo(_root);
        _root.Add(Telling.Option("--version", [], $"{VersionInfo.Line}\n"));
        _root.Add(Telling.Option("--help", ["-h"], CommandLineHelp.Daemon));
        _root.SetAction(parsed => Serve(parsed, serve));

        var demo = new Command("demo");
        _demo.AddTo(demo);
        demo.Add(Telling.Option("--help", ["-h"], CommandLineHelp.Demo));
        demo.SetAction(parsed => Demonstrate(parsed, demonstrate));
        _root.Add(demo);
        foreach (var verb in VerbCommands.All(world))
            _root.Add(verb);
    }

    /// <summary>
    /// Does what the arguments ask for: serve, demonstrate or explain. Returns the exit code.
    /// </summary>
    public static int Run(
        IReadOnlyList<string> args, Func<DaemonOptions, int> serve,
        Func<DemoOptions, int> demonstrate, Surroundings world) =>
        new CommandLine(serve, demonstrate, world).Run(args);

    /// <summary>The options there are, for the test that --help names them all.</summary>
    internal static IEnumerable<Option> Options(Surroundings world)
    {
        var root = new CommandLine(_ => 0, _ => 0, world)._root;
        return root.Options.Concat(root.Subcommands.SelectMany(command => command.Options));
    }

    private int Run(IReadOnlyList<string> args)
    {
        // The library passes over a [directive] that it does not know.
        if (args is [['[', .., ']'] directive, ..])
            return Refuse(Meaningless(directive));
        var parsed = _root.Parse(args, new() { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
            return Refuse(WhyNot(parsed));
        return WhyNotBefore(parsed) is { } stray
            ? Refuse(stray)
            : parsed.Invoke(new()
            {
                Output = _world.Output,
                Error = _world.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
    }

    private int Serve(ParseResult parsed, Func<DaemonOptions, int> serve)
    {
        if (parsed.GetResult(_directory) is null or { Implicit: true })
            return Refuse("must specify socket directory (-s)");
        if (parsed.GetResult(_probeEvery) is { Implicit: false } && parsed.GetValue(_probe) is null)
            return Refuse("--probe-every: means nothing without --probe");
        if (parsed.GetResult(_rateSlip) is { Implicit: false } && parsed.GetValue(_rateLimit) == 0)
            return Refuse("--rate-slip: means nothing without --rate-limit");
        if (parsed.GetValue(_compat) && parsed.GetResult(_rebalance) is { Implicit: false })
            return Refuse("--rebalance-budget: means nothing with --compat");
        if (parsed.GetValue(_flights) is not null && parsed.GetValue(_flightMemory) == 0)
            return Refuse("--flight-recorder: means nothing with --flight-memory 0");
        if (WhyNoDoor(parsed) is { } door)
            return Refuse(door);
        var log = _daemon.Log(parsed, _world);
        if (log.Refused is { } reason)
            return Refuse(reason);
        var core = parsed.GetValue(_compat) ? BalancerOptions.Compat : BalancerOptions.Default;
        return serve(new()
        {
            Addresses = [.. parsed.GetValue(_addresses)!.Distinct()],
            Port = parsed.GetValue(_daemon.Port),
            Loops = parsed.GetValue(_loops),
            BackendUsers = [.. parsed.GetValue(_users)!.Distinct()],
            Core = WithStreams(parsed, core) with
            {
                SocketDirectory = parsed.GetValue(_directory)!,
                MaxRemotes = parsed.GetValue(_remotes),
                Allow = parsed.GetValue(_allow)!,
                RateLimit = parsed.GetValue(_rateLimit),
                RateSlip = parsed.GetValue(_rateSlip),
                RebalanceBudget = parsed.GetValue(_rebalance),
                WhenEmpty = parsed.GetValue(_whenEmpty),
                Probe = parsed.GetValue(_probe),
                ProbeEvery = parsed.GetValue(_probeEvery),
            },
            Log = log.Value,
            Door = new()
            {
                Path = parsed.GetValue(_control),
                IsOff = parsed.GetValue(_control) == CommandLineValues.Off,
                Http = parsed.GetValue(_http),
            },
            Flight = new()
            {
                Directory = parsed.GetValue(_flights),
                Megabytes = parsed.GetValue(_flightMemory),
            },
        });
    }

    private string? WhyNoDoor(ParseResult parsed)
    {
        var (http, anywhere) = (parsed.GetValue(_http), parsed.GetValue(_anywhere));
        var (path, directory) = (parsed.GetValue(_control), parsed.GetValue(_directory)!);
        return path is not (null or CommandLineValues.Off) && IsIn(directory, path)
            ? $"--control {path}: in the socket directory, where it would be a backend"
            : http is null && anywhere ? "--http-anywhere: means nothing without --http"
            : http is not null && !anywhere && !IPAddress.IsLoopback(http.Address)
                ? $"--http {http}: not a loopback address; --http-anywhere allows that"
            : null;
    }

    private static bool IsIn(string directory, string path) =>
        Path.GetDirectoryName(Path.GetFullPath(path)) == Path.GetFullPath(directory).TrimEnd('/');

    // What one client may have, its prefix may have too.
    private BalancerOptions WithStreams(ParseResult parsed, BalancerOptions core)
    {
        var perClient = parsed.GetValue(_streamsPerClient);
        return core with
        {
            MaxStreams = parsed.GetValue(_streams),
            MaxStreamsPerClient = perClient,
            MaxStreamsPerPrefix = Math.Max(core.MaxStreamsPerPrefix, perClient),
        };
    }

    private int Demonstrate(ParseResult parsed, Func<DemoOptions, int> demonstrate)
    {
        var log = _demo.Log(parsed, _world);
        return log.Refused is { } reason
            ? Refuse(reason)
            : demonstrate(new() { Port = parsed.GetValue(_demo.Port), Log = log.Value });
    }

    // What stands before a command is the daemon's: it would be passed over, and an order might go
    // to another daemon than was meant.
    private string? WhyNotBefore(ParseResult parsed)
    {
        var stray = parsed.CommandResult.Command == _root
            ? null
            : parsed.RootCommandResult.Children
                .OfType<OptionResult>()
                .FirstOrDefault(option => !option.Implicit);
        return stray is null
            ? null
            : $"{stray.Option.Name}: means nothing before {parsed.CommandResult.Command.Name}";
    }

    private int Refuse(string reason)
    {
        _world.Error.WriteLine(CommandLineRefusal.Line(reason));
        return CommandLineRefusal.ExitCode;
    }

    // The first thing that is wrong, by weight: an argument unknown, a value missing (C8), a value
    // refused, in words of ours; whatever else the library may find, in its own.
    private static string WhyNot(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var unknown, ..])
            return Meaningless(unknown);
        var error = parsed.Errors[0];
        return error.SymbolResult switch
        {
            OptionResult { Tokens: [] } option =>
                $"argument {option.IdentifierToken?.Value} requires an option value",
            ArgumentResult { Tokens: [], Parent: CommandResult verb } argument =>
                $"{verb.Command.Name}: {argument.Argument.Name} is missing",
            _ => error.Message,
        };
    }

    private static string Meaningless(string argument) => argument.StartsWith('-')
        ? $"unknown argument {argument}"
        : $"unexpected argument \"{argument}\"";
}
