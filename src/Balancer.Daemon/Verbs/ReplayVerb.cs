using System.CommandLine;
using Balancer.Daemon.Native;
using Balancer.Rx.Recording;

namespace Balancer.Daemon.Verbs;

/// <summary>
/// <c>balancer replay FILE [--as-test]</c>: the decisions of a recording once more. Needs no
/// daemon. 0: the same as were taken live; 1: not so; 2: the file cannot be read.
/// </summary>
internal static class ReplayVerb
{
    private const int Same = 0, Differs = 1, Unreadable = 2;

    public static Command Of(Surroundings world)
    {
        var file = new Argument<string>("file");
        var asTest = new Option<bool>("--as-test") { Arity = ArgumentArity.Zero };
        var command = new Command("replay") { file, asTest };
        command.Add(Telling.Option("--help", ["-h"], VerbHelp.Text));
        command.SetAction(parsed => Run(
            parsed.GetValue(file)!, parsed.GetValue(asTest), world));
        return command;
    }

    private static int Run(string path, bool asTest, Surroundings world)
    {
        try
        {
            // A device may have no end.
            if (!LibC.Statx(path, out var found).IsError && !found.IsRegular)
                throw new TapeException("this is no recording of a balancer: not a file");
            var bytes = File.ReadAllBytes(path);
            var recorded = RecordingFile.Read(bytes);
            if (!asTest)
                return Replay(recorded, world.Output);
            world.Output.Write(RecordedTest.Source(bytes, recorded));
            return Same;
        }
        catch (IOException e) when (e.HResult == (int)Errno.EPIPE)
        {
            // Whoever read our output has closed it (balancer replay | head).
            return Same;
        }
        catch (Exception e) when (e is TapeException or IOException
            or UnauthorizedAccessException or ArgumentException)
        {
            world.Error.WriteLine(CommandLineRefusal.Line($"{path}: {e.Message}"));
            return Unreadable;
        }
    }

    private static int Replay(Recorded recorded, TextWriter output)
    {
        var decisions = 0L;
        for (var loop = 0; loop < recorded.Loops.Count; loop++)
        {
            var prefix = recorded.Loops.Count > 1 ? $"loop {loop}  " : "";
            var result = recorded.Loops[loop].Replay(
                decision => output.WriteLine($"{prefix}{decision}"));
            decisions += result.Decisions;
            if (result.Difference is { } difference)
            {
                output.WriteLine(
                    $"after {decisions} decisions that were taken live, {prefix}{difference}");
                return Differs;
            }
            if (recorded.Loops[loop].Cut is { } cut)
                output.WriteLine($"{prefix}the recording ends early: {cut}");
        }
        output.WriteLine($"{decisions} decisions, the same as were taken live");
        return Same;
    }
}
