using System.Globalization;
using System.Net;
using System.Numerics;
using Balancer.Daemon;

namespace Balancer.Load;

/// <summary>Text to values, strictly: what is not exactly a value is refused.</summary>
static class Values
{
    const int LongestName = 200, LongestLabel = 63;
    const double LongestRun = 86_400;

    /// <summary>Which server: an address of four numbers, a colon, a port.</summary>
    public static Reading<IPEndPoint?> Server(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && Ipv4(text[..colon]) is { } address
            && int.TryParse(
                text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is >= 1 and <= IPEndPoint.MaxPort
                ? new IPEndPoint(address, port)
                : new Refusal($"--to {Shown(text)}: not an IPv4 address and port (127.0.0.1:53)");
    }

    /// <summary>Seconds, also parts of one.</summary>
    public static Reading<TimeSpan> Duration(string text) =>
        double.TryParse(
            text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
        && seconds is >= 0.001 and <= LongestRun
            ? TimeSpan.FromSeconds(seconds)
            : new Refusal($"--for {Shown(text)}: not a number of seconds (0.001 to {LongestRun})");

    public static Reading<long> Count(string text) =>
        Number("--count", text, LoadOptions.MostQueries, "queries");

    public static Reading<int?> Outstanding(string text) =>
        Maybe(Number("--outstanding", text, LoadOptions.MostOutstanding, "queries"));

    public static Reading<int?> Rate(string text) =>
        Maybe(Number("--rate", text, 10_000_000, "queries a second"));

    public static Reading<int> Clients(string text) =>
        Number("--clients", text, 1 << 24, "clients");

    public static Reading<int> Ports(string text) => Number("--ports", text, 1_024, "ports");

    public static Reading<int> Train(string text) =>
        Number("--train", text, 64, "queries in a train");

    public static Reading<TimeSpan> Patience(string text)
    {
        var read = Number("--patience", text, 60_000, "milliseconds");
        return read.Refused is { } reason
            ? new Refusal(reason)
            : TimeSpan.FromMilliseconds(read.Value);
    }

    /// <summary>An IPv4 address; whether it is ours, the kernel knows.</summary>
    public static Reading<IPAddress?> FirstClient(string text) =>
        Ipv4(text) is { } address
            ? address
            : new Refusal(
                $"--first-client {Shown(text)}: not an IPv4 address (four numbers, 0 to 255)");

    /// <summary>Labels of letters, digits, hyphens and underscores.</summary>
    public static Reading<string> Name(string text) =>
        text.Length <= LongestName
        && text.Split('.').All(label =>
            label.Length is >= 1 and <= LongestLabel
            && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            ? text
            : new Refusal(
                $"--name {Shown(text)}: not a name (labels of letters, digits, - and _, "
                + $"at most {LongestName} in all)");

    static Reading<T> Number<T>(string option, string text, T most, string what)
        where T : struct, IBinaryInteger<T> =>
        T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= T.One && number <= most
            ? number
            : new Refusal($"{option} {Shown(text)}: not a number of {what} (1 to {most})");

    static Reading<T?> Maybe<T>(Reading<T> read) where T : struct =>
        new(read.Refused is null ? read.Value : null, read.Refused);

    // .NET also reads 127.1 and octal numbers; only what it would write itself is taken.
    static IPAddress? Ipv4(string text) =>
        IPAddress.TryParse(text, out var address)
        && address.GetAddressBytes().Length == 4
        && address.ToString() == text
            ? address
            : null;

    static string Shown(string text) => text.Length == 0 ? "\"\"" : text;
}
