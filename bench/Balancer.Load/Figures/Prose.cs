using System.Globalization;

namespace Balancer.Load.Figures;

/// <summary>The figures for people.</summary>
static class Prose
{
    const double Million = 1_000_000;

    /// <summary>A few lines.</summary>
    public static string Of(Result result, LoadOptions options)
    {
        var loop = options.Rate is { } rate
            ? Text($"{rate:N0} a second")
            : Text($"{options.Outstanding:N0} outstanding");
        var perQuery = result.CpuSeconds * Million / result.Sent;
        List<string> lines =
        [
            Text($"{options.To}, {result.Proto}, {loop}, {result.Seconds:N3} s"),
            Text($"  sent      {result.Sent:N0} = answered {result.Answered:N0}")
                + Text($" + lost {result.Lost:N0}"),
            Text($"  besides   doubled {result.Doubled:N0}, late {result.Late:N0},")
                + Text($" wrong {result.Wrong:N0}, refused {result.Refused:N0}"),
            Text($"  a second  {result.PerSecond:N0} answered")
                + (result.Slow > 0 ? Text($"; after more than a second {result.Slow:N0}") : ""),
        ];
        if (result.Answered == 0)
            lines.Add("  latency   none: nothing was answered");
        else
            lines.Add(
                Text($"  latency   p50 {result.P50:N1} µs, p90 {result.P90:N1},")
                + Text($" p99 {result.P99:N1}, p99.9 {result.P999:N1}, longest {result.Max:N1}"));
        if (options.Rate is not null && result.Answered > 0)
            lines.Add(Text(
                $"  from due  p50 {result.DueP50:N1} µs, p99 {result.DueP99:N1}"));
        lines.Add(Text($"  CPU       {result.CpuSeconds:N2} s here")
            + (result.Sent > 0 ? Text($", {perQuery:N2} µs a query") : ""));
        return string.Join('\n', lines);
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
