using System.Globalization;
using Spectre.Console;

namespace Balancer.Daemon.Verbs;

/// <summary>Numbers and times as people read them.</summary>
internal static class Shown
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>1,234,567.</summary>
    public static string Count(double count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>0.23 ms, 12 ms, 1.5 s; a dash for none.</summary>
    public static string Milliseconds(double? ms) => ms switch
    {
        null => "-",
        >= 1_000 => $"{(ms.Value / 1_000).ToString("0.0", CultureInfo.InvariantCulture)} s",
        >= 10 => $"{ms.Value.ToString("0", CultureInfo.InvariantCulture)} ms",
        _ => $"{ms.Value.ToString("0.00", CultureInfo.InvariantCulture)} ms",
    };

    /// <summary>The two largest units: 3 d 4 h, 2 min 5 s, 12 s.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => $"{(int)span.TotalDays} d {span.Hours} h",
        { TotalHours: >= 1 } => $"{span.Hours} h {span.Minutes} min",
        { TotalMinutes: >= 1 } => $"{span.Minutes} min {span.Seconds} s",
        { TotalSeconds: >= 10 } => $"{span.Seconds} s",
        _ => $"{Math.Max(0, span.TotalSeconds).ToString("0.0", CultureInfo.InvariantCulture)} s",
    };

    /// <summary>A time of day to the second, in the local zone.</summary>
    public static string Second(DateTimeOffset at) =>
        at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>A rate: 1,234 or, where that would be nothing, 0.3.</summary>
    public static string Rate(double rate) =>
        rate.ToString(rate < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    /// <summary>A time of day with milliseconds, in the local zone.</summary>
    public static string Time(DateTimeOffset at) =>
        at.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>The last values as bars, the highest full.</summary>
    public static string Sparkline(IEnumerable<double> values, int width)
    {
        var last = values.TakeLast(width).ToArray();
        var most = last.DefaultIfEmpty(0).Max();
        return string.Concat(last.Select(value => most <= 0
            ? Bars[0]
            : Bars[(int)Math.Round(value / most * (Bars.Length - 1))])).PadLeft(width);
    }

    /// <summary>The colour of a backend: of one that is trusted with all its clients, of one that
    /// has a session, or is given some, and of one that has none.</summary>
    public static Color ColourOf(string state, bool isGivenQueries) => state switch
    {
        "live" or "standby" => Color.Green,
        "drained" or "leaving" or "held down" => Color.Yellow,
        _ => isGivenQueries ? Color.Yellow : Color.Red,
    };
}
