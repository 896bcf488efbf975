using System.Text;
using System.Text.RegularExpressions;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>
/// The parts of balancer.8 that repeat --help. They stand between lines of comments; the rest of
/// the page is written by hand.
/// </summary>
internal static partial class ManPage
{
    /// <summary>Where it lies.</summary>
    public const string File = "man/balancer.8";

    // So that its paragraph does not look as if something were missing.
    const string MoreVerbs = "and more";

    /// <summary>The page with these parts as they are to be.</summary>
    public static string Renewed(string page) => Part().Replace(page, found =>
        $"{found.Groups["first"].Value}\n{Made(found.Groups["what"].Value)}.\\\" end\n");

    static string Made(string what) => what switch
    {
        "synopsis" => AsTyped(Shipped.DaemonHelp.Lines("Usage")),
        "options" => List(Shipped.DaemonHelp.Entries("Options")),
        "commands" => List(Shipped.DaemonHelp.Entries("Commands")
            .Where(entry => !entry.Term.EndsWith(MoreVerbs, StringComparison.Ordinal))),
        "demo" => List(Shipped.DemoHelp.Entries("Options")),
        "verbs" => List(Shipped.VerbHelp.Entries("Usage").Select(
            entry => entry with { Term = entry.Term.Replace("balancer ", "") })),
        "verb options" => List(Shipped.VerbHelp.Entries("Options")),
        "filter" => AsTyped(Shipped.VerbHelp.Lines("A FILTER")),
        "environment" => List(Shipped.DaemonHelp.Entries("Environment")),
        "signals" => List(Shipped.DaemonHelp.Entries("Signals")),
        "exit" => List(Shipped.DaemonHelp.Entries("Exit codes")),
        "verb exit" => AsTyped(Shipped.VerbHelp.Lines("Exit codes")),
        _ => throw new InvalidDataException($"{File}: no such part: {what}"),
    };

    static string AsTyped(IEnumerable<string> lines)
    {
        var text = new StringBuilder(".nf\n");
        foreach (var line in lines)
            text.Append(Guarded(line)).Append('\n');
        return text.Append(".fi\n").ToString();
    }

    static string List(IEnumerable<HelpEntry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            text.Append(".TP\n").Append(Term(entry.Term)).Append('\n');
            if (entry.Text.Length > 0)
                text.Append(Guarded(entry.Text)).Append('\n');
        }
        return text.ToString();
    }

    // What is typed as it stands is bold, what stands for something else is underlined.
    static string Term(string term) => Word().Replace(Escaped(term), found =>
        found.Groups["value"].Success ? $"\\fI{found.Value}\\fR" : $"\\fB{found.Value}\\fR");

    // A line that begins with a point or a quote would be an order to the formatter.
    static string Guarded(string line) =>
        line.Length > 0 && line[0] is '.' or '\'' ? $"\\&{Escaped(line)}" : Escaped(line);

    static string Escaped(string text) => text
        .Replace("\\", "\\e", StringComparison.Ordinal)
        .Replace("-", "\\-", StringComparison.Ordinal)
        .Replace("'", "\\(aq", StringComparison.Ordinal);

    [GeneratedRegex(
        @"(?<first>^\.\\"" from \-\-help: (?<what>[^\n]*))\n.*?^\.\\"" end\n",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex(@"(?<value>\b[A-Z][A-Z:/]*\b)|(?:\\-)*[a-z0-9]+(?:\\-[a-z]+)*")]
    private static partial Regex Word();
}
