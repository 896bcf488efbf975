using System.Globalization;

namespace Balancer.Daemon.Control.Filters;

/// <summary>The values that fields are compared with, as numbers and as text.</summary>
internal static class FilterValues
{
    /// <summary>The longest latency that can be named: an hour.</summary>
    public static readonly TimeSpan MaxLatency = TimeSpan.FromHours(1);

    // The longest first: "ms" ends with "s", too.
    private static readonly (string Name, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("s", TimeSpan.TicksPerSecond),
    ];

    /// <summary>What a field of words may be.</summary>
    public static string[] WordsOf(FilterField field) => field switch
    {
        FilterField.Kind => FactWords.Kinds[..^1],
        FilterField.Protocol => FactWords.Transports[1..],
        FilterField.Outcome => FactWords.Outcomes[1..],
        _ => [],
    };

    /// <summary>Whether a field is a number, and so has an order.</summary>
    public static bool HasOrder(FilterField field) =>
        field is FilterField.Backend or FilterField.Latency;

    /// <summary>The number that stands for a value of this field; null: it is none.</summary>
    public static long? NumberOf(FilterField field, string text) => field switch
    {
        FilterField.Kind => IndexIn(FactWords.Kinds[..^1], text),
        FilterField.Protocol => IndexIn(FactWords.Transports, text),
        FilterField.Outcome => IndexIn(FactWords.Outcomes, text),
        FilterField.Backend => int.TryParse(
            text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? id
            : null,
        FilterField.Latency => TicksOf(text),
        _ => null,
    };

    /// <summary>What is written for this number.</summary>
    public static string TextOf(FilterField field, long value) => field switch
    {
        FilterField.Kind => FactWords.Kinds[value],
        FilterField.Protocol => FactWords.Transports[value],
        FilterField.Outcome => FactWords.Outcomes[value],
        FilterField.Latency => LatencyOf(value),
        _ => value.ToString(CultureInfo.InvariantCulture),
    };

    private static long? IndexIn(string[] words, string text)
    {
        var index = Array.IndexOf(words, text);
        return index < 0 || text.Length == 0 ? null : index;
    }

    private static long? TicksOf(string text)
    {
        foreach (var (name, ticks) in Units)
        {
            if (!text.EndsWith(name, StringComparison.Ordinal))
                continue;
            var isNumber = decimal.TryParse(
                text.AsSpan(0, text.Length - name.Length), NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out var number);
            return isNumber && number <= MaxLatency.Ticks / ticks ? (long)(number * ticks) : null;
        }
        return null;
    }

    private static string LatencyOf(long ticks)
    {
        var (name, unit) = ticks % TimeSpan.TicksPerSecond == 0 ? ("s", TimeSpan.TicksPerSecond)
            : ticks % TimeSpan.TicksPerMillisecond == 0 ? ("ms", TimeSpan.TicksPerMillisecond)
            : ("us", TimeSpan.TicksPerMicrosecond);
        return ((decimal)ticks / unit).ToString(CultureInfo.InvariantCulture) + name;
    }
}
