using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Balancer.Daemon.Native;

namespace Balancer.Daemon;

/// <summary>Options that are no settings: those of the verbs, and of other programs.</summary>
internal static class CommandLineOptions
{
    private const int ManyTimes = 1_000;

    /// <summary>An option of which the last value counts.</summary>
    public static Option<T> Single<T>(
        string name, string? letter, T otherwise, Func<string, Reading<T>> read) =>
        new(name, letter is null ? [] : [letter])
        {
            Arity = new(1, ManyTimes),
            DefaultValueFactory = _ => otherwise,
            CustomParser = result => Read(result, read).LastOrDefault()!,
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
    private readonly Func<string> _text;

    private Telling(Func<string> text) => _text = text;

    /// <summary>Asked for, it is answered whatever else is wrong.</summary>
    public override bool ClearsParseErrors => true;

    /// <summary>An option of this name.</summary>
    public static Option<bool> Option(string name, string[] aliases, string text) =>
        Option(name, aliases, () => text);

    /// <summary>An option of this name, answered with what is only then put together.</summary>
    public static Option<bool> Option(string name, string[] aliases, Func<string> text) =>
        new(name, aliases) { Arity = ArgumentArity.Zero, Action = new Telling(text) };

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var streams = parseResult.InvocationConfiguration;
        try
        {
            streams.Output.Write(_text());
            return 0;
        }
        catch (IOException e) when (e.HResult == (int)Errno.EPIPE)
        {
            // Whoever read our output has closed it (balancer --help | head).
            return 0;
        }
        catch (IOException e)
        {
            // As when the disk is full.
            streams.Error.WriteLine(CommandLineRefusal.Line(e.Message));
            return CommandLineRefusal.ExitCode;
        }
    }
}
