// THE COMMAND LINE, read as the daemon reads its own: System.CommandLine binds, and what is said to
// people is one sentence of ours that names the option and the reason.

using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Net;
using Balancer.Daemon;

namespace Balancer.Load;

/// <summary>From arguments to options, and on to whoever runs them.</summary>
sealed class CommandLine
{
    /// <summary>The name of the executable.</summary>
    public const string Program = "balancer-load";

    /// <summary>The exit code of every refusal.</summary>
    public const int Refused = 2;

    /// <summary>With a rate, connections at a time: more would only wait for ports.</summary>
    const int ConnectionsAtARate = 4_096;

    /// <summary>127.16/12 and what is behind it: away from what services bind.</summary>
    static readonly IPAddress FirstOfMany = new([127, 16, 0, 0]);

    readonly Option<IPEndPoint?> _to = Option("--to", null, Values.Server);
    readonly Option<bool> _tcp = new("--tcp") { Arity = ArgumentArity.Zero };
    readonly Option<TimeSpan> _for =
        Option("--for", new LoadOptions { To = Nobody }.For, Values.Duration);
    readonly Option<long> _count = Option("--count", LoadOptions.MostQueries, Values.Count);
    readonly Option<int?> _outstanding = Option("--outstanding", null, Values.Outstanding);
    readonly Option<int?> _rate = Option("--rate", null, Values.Rate);
    readonly Option<int> _clients = Option("--clients", 1, Values.Clients);
    readonly Option<IPAddress?> _first = Option("--first-client", null, Values.FirstClient);
    readonly Option<int> _ports = Option("--ports", 1, Values.Ports);
    readonly Option<int> _train = Option("--train", 1, Values.Train);
    readonly Option<TimeSpan> _patience =
        Option("--patience", new LoadOptions { To = Nobody }.Patience, Values.Patience);
    readonly Option<string> _name =
        Option("--name", new LoadOptions { To = Nobody }.Name, Values.Name);
    readonly Option<bool> _json = new("--json") { Arity = ArgumentArity.Zero };
    readonly RootCommand _root = [];
    readonly TextWriter _output;
    readonly TextWriter _error;

    CommandLine(
        Func<LoadOptions, TextWriter, TextWriter, int> run, TextWriter output, TextWriter error)
    {
        (_output, _error) = (output, error);
        _root.Options.Clear();
        _root.Directives.Clear();
        foreach (var option in (Option[])[
            _to, _tcp, _for, _count, _outstanding, _rate, _clients, _first, _ports, _train,
            _patience, _name, _json])
            _root.Add(option);
        _root.Add(Telling.Option("--help", ["-h"], Help.Text));
        _root.SetAction(parsed => Run(parsed, run));
    }

    static IPEndPoint Nobody => new(IPAddress.None, 0);

    /// <summary>Does what the arguments ask for; the exit code.</summary>
    public static int Run(
        IReadOnlyList<string> args, Func<LoadOptions, TextWriter, TextWriter, int> run,
        TextWriter output, TextWriter error) =>
        new CommandLine(run, output, error).Run(args);

    /// <summary>Says why not; the exit code.</summary>
    public static int Refuse(string reason, TextWriter error)
    {
        error.WriteLine(
            $"{Program}: {string.Concat(reason.Select(c => char.IsControl(c) ? '?' : c))}");
        return Refused;
    }

    static Option<T> Option<T>(string name, T otherwise, Func<string, Reading<T>> read) =>
        CommandLineOptions.Single(name, null, otherwise, read);

    int Run(IReadOnlyList<string> args)
    {
        // The library passes over a [directive] that it does not know.
        if (args is [['[', .., ']'] directive, ..])
            return Refuse($"unexpected argument \"{directive}\"", _error);
        var parsed = _root.Parse(args, new() { ResponseFileTokenReplacer = null });
        return parsed.Action is ParseErrorAction
            ? Refuse(WhyNot(parsed), _error)
            : parsed.Invoke(new()
            {
                Output = _output,
                Error = _error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
    }

    int Run(ParseResult parsed, Func<LoadOptions, TextWriter, TextWriter, int> run)
    {
        var overTcp = parsed.GetValue(_tcp);
        if (parsed.GetValue(_to) is not { } to)
            return Refuse("must specify the server to ask (--to ADDRESS:PORT)", _error);
        if (overTcp && IsGiven(_ports))
            return Refuse("--ports: means nothing with --tcp", _error);
        if (overTcp && IsGiven(_train))
            return Refuse("--train: means nothing with --tcp", _error);
        var clients = parsed.GetValue(_clients);
        var rate = parsed.GetValue(_rate);
        var options = new LoadOptions
        {
            To = to,
            OverTcp = overTcp,
            For = parsed.GetValue(_for),
            Count = parsed.GetValue(_count),
            Rate = rate,
            Clients = clients,
            FirstClient = parsed.GetValue(_first)
                ?? (clients == 1 ? IPAddress.Loopback : FirstOfMany),
            Ports = parsed.GetValue(_ports),
            Train = parsed.GetValue(_train),
            Patience = parsed.GetValue(_patience),
            Name = parsed.GetValue(_name)!,
            AsJson = parsed.GetValue(_json),
        };
        return run(
            options with
            {
                Outstanding = parsed.GetValue(_outstanding) ?? (
                    rate is null ? options.Outstanding
                    : overTcp ? Math.Clamp(Descriptors.Free, 1, ConnectionsAtARate)
                    : LoadOptions.MostOutstanding),
            },
            _output, _error);

        bool IsGiven(Option option) => parsed.GetResult(option) is { Implicit: false };
    }

    // The first thing that is wrong: an argument unknown, a value missing, a value refused.
    static string WhyNot(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens is [var unknown, ..])
            return unknown.StartsWith('-')
                ? $"unknown argument {unknown}"
                : $"unexpected argument \"{unknown}\"";
        var error = parsed.Errors[0];
        return error.SymbolResult is OptionResult { Tokens: [] } option
            ? $"argument {option.IdentifierToken?.Value} requires an option value"
            : error.Message;
    }
}
