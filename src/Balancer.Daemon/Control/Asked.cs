using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Balancer.Rx;

namespace Balancer.Daemon.Control;

/// <summary>Text of requests to values, strictly; throws <see cref="RefusedException"/>.</summary>
internal static class Asked
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>A client's address: four numbers with dots, nothing shorter.</summary>
    public static ClientAddress Address(string name, string text) =>
        text.Count(c => c == '.') == 3
        && IPAddress.TryParse(text, out var address)
        && address.AddressFamily == AddressFamily.InterNetwork
        // .NET also reads octal numbers: 010.0.0.1 would be somebody else.
        && address.ToString() == text
            ? ClientAddress.From(address)
            : throw RefusedException.Bad(
                $"{name}: \"{Reply.Shown(text)}\" is not an IPv4 address such as 192.0.2.1");

    /// <summary>How long: a whole number of s, m, h or d; null: it was not said.</summary>
    public static TimeSpan? Span(string name, string? text)
    {
        if (text is null)
            return null;
        var unit = text.Length == 0 ? TimeSpan.Zero : text[^1] switch
        {
            's' => TimeSpan.FromSeconds(1),
            'm' => TimeSpan.FromMinutes(1),
            'h' => TimeSpan.FromHours(1),
            'd' => TimeSpan.FromDays(1),
            _ => TimeSpan.Zero,
        };
        return unit > TimeSpan.Zero && IsNumber(text[..^1], out var count) && count > 0
            && count <= Longest / unit
            ? count * unit
            : throw RefusedException.Bad(
                $"{name}: \"{Reply.Shown(text)}\" is not a time such as 90s, 10m, 2h or 1d, "
                + $"{Longest.TotalDays:0}d at most");
    }

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

    private static bool IsNumber(string text, out int number) => int.TryParse(
        text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
