using System.CommandLine;
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
        var isWhole = false;
        try
        {
            await using var file = Create(path);
            await verb.Door.CopyTo(
                file, $"record?for={Uri.EscapeDataString(span)}", verb.Cancellation);
            isWhole = true;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new VerbException(
                VerbException.NobodyThere, "the daemon has ended in the middle of it");
        }
        finally
        {
            if (!isWhole)
                File.Delete(path);
        }
        var recorded = RecordingFile.Read(await File.ReadAllBytesAsync(path));
        verb.Line(
            $"{path}: {Shown.Count(new FileInfo(path).Length)} bytes, "
            + $"{recorded.Loops.Count} loop(s)");
    }

    private static FileStream Create(string path)
    {
        try
        {
            return new(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new VerbException(VerbException.Refused, e.Message);
        }
    }
}
