using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon;

/// <summary>What serving and demonstrating have in common: a port and a log.</summary>
internal sealed class CommandLineOptions(int port, LogLevel level)
{
    private const int ManyTimes = 1_000;

    private readonly Option<LogLevel> _level =
        Single("--log-level", "-l", level, CommandLineValues.Level);

    private readonly Option<LogFormat?> _format =
        Single("--log-format", null, null, CommandLineValues.Format);

    /// <summary>The port.</summary>
    public Option<int> Port { get; } = Single("--port", "-p", port, CommandLineValues.Port);

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        command.Add(Port);
        command.Add(_level);
        command.Add(_format);
    }

    /// <summary>How to log: LOG_LEVEL goes before -l (C6); empty counts as not set.</summary>
    public Reading<LogOptions> Log(ParseResult parsed, Surroundings world)
    {
        var level = world.Environment("LOG_LEVEL") is { Length: > 0 } text
            ? CommandLineValues.EnvironmentLevel(text)
            : parsed.GetValue(_level);
        var format = parsed.GetValue(_format)
            ?? (world.IsTerminal ? LogFormat.Text : LogFormat.Bunyan);
        var colours = world.IsTerminal && string.IsNullOrEmpty(world.Environment("NO_COLOR"));
        return new(new(level.Value, format, colours), level.Refused);
    }

    /// <summary>An option of which the last value counts.</summary>
    public static Option<T> Single<T>(
        string name, string? letter, T otherwise, Func<string, Reading<T>> read) =>
        Named(name, letter, otherwise, result => Read(result, read).LastOrDefault()!);

    /// <summary>An option of which all values count.</summary>
    public static Option<T[]> Several<T>(
        string name, string? letter, T[] otherwise, Func<string, Reading<T>> read) =>
        Named(name, letter, otherwise, result => Read(result, read));

    private static Option<T> Named<T>(
        string name, string? letter, T otherwise, Func<ArgumentResult, T> parser) =>
        new(name, letter is null ? [] : [letter])
        {
            Arity = new(1, ManyTimes),
            DefaultValueFactory = _ => otherwise,
            CustomParser = parser,
        };

    private static T[] Read<T>(ArgumentResult result, Func<string, Reading<T>> read)
    {
        var readings = result.Tokens.Select(token => read(token.Value)).ToArray();
        foreach (var reading in readings)
        {
            if (reading.Refused is { } reason)
                result.AddError(reason);
        }
        return [.. readings.Select(reading => reading.Value)];
    }
}

/// <summary>An option that is answered with a text.</summary>
internal sealed class Telling : SynchronousCommandLineAction
{
    private readonly string _text;

    private Telling(string text) => _text = text;

    /// <summary>Asked for, it is answered whatever else is wrong.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>An option of this name.</summary>
    public static Option<bool> Option(string name, string[] aliases, string text) =>
        new(name, aliases) { Arity = ArgumentArity.Zero, Action = new Telling(text) };

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.Write(_text);
        return 0;
    }
}
