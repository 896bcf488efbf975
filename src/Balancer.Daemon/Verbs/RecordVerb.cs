using System.CommandLine;
using Balancer.Daemon.Control.Recordings;
using Balancer.Rx.Recording;

namespace Balancer.Daemon.Verbs;

/// <summary><c>balancer record FILE [--for TIME]</c>: what comes in, into a file.</summary>
internal static class RecordVerb
{
    public static Command Of(Surroundings world)
    {
        var file = new Argument<string>("file");
        var span = new Option<string>("--for") { DefaultValueFactory = _ => "60s" };
        var verb = new Verb("record", world).Does((parsed, context) =>
            Record(context, parsed.GetValue(file)!, parsed.GetValue(span)!));
        verb.Command.Add(file);
        verb.Command.Add(span);
        return verb.Command;
    }

    // Half a recording is none: it is removed again.
    private static async Task Record(VerbContext verb, string path, string span)
    {
        await using var file = Create(path);
        verb.Meanwhile($"recording for {span} …");
        var isWhole = false;
        try
        {
            await verb.Door.CopyTo(
                file, $"record?for={Uri.EscapeDataString(span)}", verb.Cancellation);
            await file.FlushAsync(verb.Cancellation);
            var recorded = RecordingFile.Read(
                await File.ReadAllBytesAsync(path, verb.Cancellation));
            isWhole = true;
            verb.Line(
                $"{path}: {Shown.Count(file.Length)} bytes, {recorded.Loops.Count} loop(s)");
        }
        catch (Exception e) when (e is IOException or HttpRequestException or TapeException)
        {
            throw new VerbException(
                VerbException.NobodyThere, "the daemon has ended in the middle of it");
        }
        finally
        {
            if (!isWhole)
                File.Delete(path);
        }
    }

    private static FileStream Create(string path)
    {
        try
        {
            return PrivateFile.Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            throw new VerbException(
                CommandLineRefusal.ExitCode,
                File.Exists(path) ? $"{path}: is there already" : $"{path}: {e.Message}");
        }
    }
}
