using Serilog;
using Serilog.Events;

namespace Balancer.Daemon.Narration;

/// <summary>
/// A log line on its way: fields first, then the sentence. It exists only if its level is told, so
/// that <c>Debug?.With(…).Say(…)</c> works out no field that nobody will read.
/// </summary>
internal readonly record struct Line(ILogger Log, LogEventLevel Level)
{
    /// <summary>A line of this log; null if the level is not told.</summary>
    public static Line? At(ILogger log, LogEventLevel level) =>
        log.IsEnabled(level) ? new(log, level) : null;

    /// <summary>The line with one field more.</summary>
    public Line With(string field, object? value) => this with { Log = Log.ForContext(field, value) };

    /// <summary>Writes it. The sentence is constant: what varies is in the fields.</summary>
    public void Say(string sentence) => Log.Write(Level, sentence);
}
