using System.Globalization;
using Balancer.Rx;

namespace Balancer.Daemon.Control;

/// <summary>Text of requests to values, strictly; throws <see cref="RefusedException"/>.</summary>
internal static class Asked
{
    /// <summary>A client's address: four numbers with dots, nothing shorter.</summary>
    public static ClientAddress Address(string name, string text) =>
        IPv4.Read(text) is { } address
            ? ClientAddress.From(address)
            : throw RefusedException.Bad(
                $"{name}: \"{Reply.Shown(text)}\" is not an IPv4 address such as 192.0.2.1");

    /// <summary>How long: a whole number of ms, s, m, h or d, of a range that is written in the
    /// same way.</summary>
    public static TimeSpan Time(string name, string text, string least, string most) =>
        SpanOf(text) is { } span && span >= SpanOf(least) && span <= SpanOf(most)
            ? span
            : throw RefusedException.Bad(
                $"{name}: \"{Reply.Shown(text)}\" is not a time from {least} to {most}");

    /// <summary>A number of this range; what is not said is <paramref name="usual"/>.</summary>
    public static int Number(string name, string? text, int usual, int least, int most) =>
        text is null ? usual
        : IsNumber(text, out var number) && number >= least && number <= most ? number
        : throw RefusedException.Bad(
            $"{name}: \"{Reply.Shown(text)}\" is not a number from {least} to {most}");

    /// <summary>Yes or no; what is not said is yes.</summary>
    public static bool Yes(string name, string? text) => text switch
    {
        null or "true" => true,
        "false" => false,
        _ => throw RefusedException.Bad(
            $"{name}: \"{Reply.Shown(text)}\" is neither true nor false"),
    };

    /// <summary>What must be said.</summary>
    public static string Needed(this IReadOnlyDictionary<string, string> given, string name) =>
        given.TryGetValue(name, out var text)
            ? text
            : throw RefusedException.Bad($"{name} is missing");

    // What is too large for a time is none of any range.
    private static TimeSpan? SpanOf(string text)
    {
        var digits = text.TakeWhile(char.IsAsciiDigit).Count();
        var unit = text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            "d" => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        return unit > TimeSpan.Zero && IsNumber(text[..digits], out var count)
            && count <= TimeSpan.MaxValue / unit
            ? count * unit
            : null;
    }

    private static bool IsNumber(string text, out int number) => int.TryParse(
        text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
