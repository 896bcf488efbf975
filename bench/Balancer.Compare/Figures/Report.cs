using Balancer.Compare.Contenders;

namespace Balancer.Compare.Figures;

/// <summary>The findings as one Markdown text: machine, targets, then a table each part.</summary>
static class Report
{
    const string End = "<!-- to here -->";

    public static string Text(
        string command, string commit, string busy, string setting,
        IEnumerable<Contender> contenders, IReadOnlyList<Finding> findings)
    {
        IEnumerable<string> lines =
        [
            .. Machine.Lines(command, commit, busy),
            $"- {Machine.Said("dnsdist", "--version").Split('(')[0].Trim()}; "
                + Machine.Said("nginx", "-v"),
            $"- {setting}",
            "",
            "A figure is the median of the rounds, with their range; a ratio the median of the "
                + "rounds' ratios.",
            "",
            .. contenders.Select(contender => $"- **{contender.Name}**: {contender.Description}"),
            "",
            "### Targets",
            "",
            "| part | target | goal | measured | |",
            "|---|---|---|---|---|",
            .. findings.SelectMany(found => found.Verdicts.Select(v => v.Line(found.Part))),
            .. findings.SelectMany(Lines),
        ];
        return string.Join('\n', lines) + "\n";
    }

    /// <summary>Into a file: between the marks if it has them, else as the whole of it.</summary>
    /// <param name="path">Which file.</param>
    /// <param name="script">Whose marks.</param>
    /// <param name="text">What it now says.</param>
    public static void Write(string path, string script, string text)
    {
        var mark = $"<!-- {script} writes from here -->";
        var page = File.Exists(path) ? File.ReadAllText(path) : "";
        var begin = page.IndexOf(mark, StringComparison.Ordinal);
        var end = begin < 0 ? -1 : page.IndexOf(End, begin, StringComparison.Ordinal);
        File.WriteAllText(
            path,
            end > begin
                ? $"{page[..(begin + mark.Length)]}\n\n{text}\n{page[end..]}"
                : text);
    }

    static IEnumerable<string> Lines(Finding found) =>
    [
        "", $"### {found.Title}", "", found.Text,
        .. found.Sheet is { } sheet ? ["", .. sheet.Lines()] : Array.Empty<string>(),
    ];
}
