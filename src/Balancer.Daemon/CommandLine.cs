// THE COMMAND LINE: what the original took (C1 to C8), with long names beside the short ones.
//
// System.CommandLine tokenizes and binds; which options there are stands in Settings/. What is said
// to people is ours: its refusals are several lines and a usage text, ours are one line that names
// the option and the reason. As with getopt, a later value replaces an earlier one, though each
// must be good; -b and others of which there may be several gather. Unlike with the original,
// arguments that mean nothing are refused.
//
// The environment, the terminal and the two streams are arguments, so that all of this can be
// tested without a process.

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Balancer.Daemon.Check;
using Balancer.Daemon.Settings;
using Balancer.Daemon.Verbs;

namespace Balancer.Daemon;

/// <summary>From arguments to options, and on to whoever serves them.</summary>
internal sealed class CommandLine
{
    private readonly ConfiguredOptions _daemon = new();
    private readonly SettingOptions _demo = new(CommandLineHelp.DemoSettings);
    private readonly RootCommand _root = [];
    private readonly Surroundings _world;

    private CommandLine(
        Func<DaemonOptions, int> serve, Func<DemoOptions, int> demonstrate, Surroundings world)
    {
        _world = world;
        // The library's own --help, --version and [directives] give way to ours.
        _root.Options.Clear();
        _root.Directives.Clear();
        _daemon.AddTo(_root);
        _root.Add(Telling.Option("--version", [], $"{VersionInfo.Line}\n"));
        _root.Add(Telling.Option("--help", ["-h"], CommandLineHelp.Daemon));
        _root.SetAction(parsed => Serve(parsed, serve));

        var demo = new Command("demo");
        _demo.AddTo(demo);
        demo.Add(Telling.Option("--help", ["-h"], CommandLineHelp.Demo));
        demo.SetAction(parsed => Demonstrate(parsed, demonstrate));
        _root.Add(demo);
        _root.Add(CheckCommand.Of(world));
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
        var (options, refusals) = _daemon.Of(parsed, _world).Read();
        return options is null ? Refuse(refusals[0]) : serve(options);
    }

    private int Demonstrate(ParseResult parsed, Func<DemoOptions, int> demonstrate)
    {
        var options = _demo.Given(parsed).Aggregate(
            CommandLineHelp.DemoDefaults(_world), (so, given) => given.Change(so));
        var log = SettingsReader.WithEnvironment(options.Log, _world);
        return log.Refused is { } reason
            ? Refuse(reason)
            : demonstrate(new() { Port = options.Port, Log = log.Value });
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
