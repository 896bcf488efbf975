using System.Collections.Immutable;
using Serilog;
using Serilog.Events;
using Serilog.Parsing;

namespace Balancer.Daemon.Narration;

/// <summary>
/// A log line on its way: fields first, in the order in which they will stand, then the sentence.
/// It exists only if its level is told, so that <c>Debug?.With(…).Say(…)</c> works out no field
/// that nobody will read.
/// </summary>
/// <param name="Log">Where it goes.</param>
/// <param name="Level">How much it matters.</param>
/// <param name="Fields">What varies.</param>
internal readonly record struct Line(
    ILogger Log, LogEventLevel Level, ImmutableArray<LogEventProperty> Fields)
{
    /// <summary>A line; null if the level is not told.</summary>
    public static Line? At(ILogger log, LogEventLevel level) =>
        log.IsEnabled(level) ? new(log, level, []) : null;

    /// <summary>With a name, or words.</summary>
    public Line With(string field, string value) => Plus(field, value);

    /// <summary>With a number.</summary>
    public Line With(string field, long value) => Plus(field, value);

    /// <summary>With a measure.</summary>
    public Line With(string field, double value) => Plus(field, value);

    /// <summary>With this duration in milliseconds.</summary>
    public Line With(string field, TimeSpan duration) =>
        Plus(field, Math.Round(duration.TotalMilliseconds, 3));

    /// <summary>With this duration in milliseconds, if there is one.</summary>
    public Line WithIfAny(string field, TimeSpan? duration) =>
        duration is { } known ? With(field, known) : this;

    /// <summary>With these words, unless there are none.</summary>
    public Line WithIfAny(string field, string value) =>
        value.Length == 0 ? this : With(field, value);

    /// <summary>With this count, unless it is nothing.</summary>
    public Line WithIfAny(string field, long count) => count == 0 ? this : With(field, count);

    /// <summary>With these counts, all of them or only those that are something.</summary>
    public Line With(
        string prefix, string[] fields, IReadOnlyList<long> counts, bool onlyIfAny = false)
    {
        var line = this;
        foreach (var (field, count) in fields.Zip(counts))
        {
            if (count != 0 || !onlyIfAny)
                line = line.With(prefix + field, count);
        }
        return line;
    }

    /// <summary>Writes it. The sentence is constant: what varies is in the fields.</summary>
    public void Say(string sentence, Exception? exception = null) => Log.Write(new LogEvent(
        DateTimeOffset.Now, Level, exception, new([new TextToken(sentence)]), Fields));

    private Line Plus(string field, object value) =>
        this with { Fields = Fields.Add(new(field, new ScalarValue(value))) };
}
