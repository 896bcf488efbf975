// VERBS: what people type to look at a running daemon, and to give it orders.
//
// Each asks the control socket, puts the answer into lines and ends. On a terminal there are tables
// and colours; into a pipe goes plain text, and with --json what the daemon said, unchanged. What
// was refused, and why, is one line on stderr.
//
//   0  done     1  bad arguments     2  the daemon says no     3  no daemon listens there

using System.CommandLine;
using System.Text.Json;
using Balancer.Daemon.Native;
using Spectre.Console;

namespace Balancer.Daemon.Verbs;

/// <summary>What a verb works with.</summary>
/// <param name="Door">The daemon.</param>
/// <param name="Screen">Where tables and lines go.</param>
/// <param name="World">The process' surroundings.</param>
/// <param name="Cancellation">Ctrl-C.</param>
internal sealed record VerbContext(
    DoorClient Door, IAnsiConsole Screen, Surroundings World, CancellationToken Cancellation)
{
    /// <summary>What is being waited for, for people only.</summary>
    public void Meanwhile(string text)
    {
        if (World.IsTerminal)
            World.Error.WriteLine(text);
    }

    /// <summary>A line as it is.</summary>
    public void Line(string text) => World.Output.WriteLine(text);
}

/// <summary>A verb of the command line, with what all verbs have.</summary>
internal sealed class Verb
{
    private readonly Option<string?> _control = new("--control")
    {
        Description = "the control socket of the daemon",
    };

    private readonly Surroundings _world;

    /// <param name="name">What is typed.</param>
    /// <param name="world">The process' surroundings.</param>
    public Verb(string name, Surroundings world)
    {
        _world = world;
        Command = new(name);
        Command.Add(_control);
        Command.Add(Telling.Option("--help", ["-h"], VerbHelp.Text));
    }

    /// <summary>For the command line.</summary>
    public Command Command { get; }

    /// <summary>What it does; the exit code is 0 unless it throws.</summary>
    public Verb Does(Func<ParseResult, VerbContext, Task> act)
    {
        Command.SetAction((parsed, _) => Run(parsed, act));
        return this;
    }

    private async Task<int> Run(ParseResult parsed, Func<ParseResult, VerbContext, Task> act)
    {
        using var stop = new CancellationTokenSource();
        using var stopping = Signals.Stop.Subscribe(_ => stop.Cancel());
        try
        {
            using var door = DoorClient.Find(parsed.GetValue(_control), _world.Environment);
            await act(parsed, new(door, ScreenOf(_world), _world, stop.Token));
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Ctrl-C is how one stops looking.
            return 0;
        }
        catch (VerbException e)
        {
            _world.Error.WriteLine(CommandLineRefusal.Line(e.Message));
            return e.ExitCode;
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or JsonException)
        {
            _world.Error.WriteLine(CommandLineRefusal.Line(
                "the answer was cut off, or is not one of a balancer"));
            return VerbException.NobodyThere;
        }
        catch (IOException e) when (e.HResult == (int)Errno.EPIPE)
        {
            // Whoever read our output has closed it (balancer tap | head).
            return 0;
        }
        catch (IOException e)
        {
            _world.Error.WriteLine(CommandLineRefusal.Line(e.Message));
            return CommandLineRefusal.ExitCode;
        }
    }

    private static IAnsiConsole ScreenOf(Surroundings world) => AnsiConsole.Create(new()
    {
        Ansi = world.IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
        Interactive = world.IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        ColorSystem = world.IsTerminal && string.IsNullOrEmpty(world.Environment("NO_COLOR"))
            ? ColorSystemSupport.Detect
            : ColorSystemSupport.NoColors,
        Out = new AnsiConsoleOutput(world.Output),
    });
}
