using System.Text.RegularExpressions;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>A term of a help text, and what is said of it: perhaps nothing.</summary>
/// <param name="Term">An option with its letter and value, a verb with its arguments, …</param>
/// <param name="Text">In one line.</param>
internal sealed record HelpEntry(string Term, string Text)
{
    /// <summary>What the term begins with: <c>--port</c> of <c>-p, --port PORT</c>.</summary>
    public string Name { get; } = Term
        .Split(' ', ',')
        .FirstOrDefault(word => word.StartsWith("--", StringComparison.Ordinal), Term);
}

/// <summary>
/// What --help says, taken apart by its looks: titles stand at the margin, terms are indented a
/// little, what is said of them a lot.
/// </summary>
internal sealed partial class HelpText(string text)
{
    const int FurthestOption = 8;

    /// <summary>The lines below this title, without their common indentation.</summary>
    public IReadOnlyList<string> Lines(string title)
    {
        var below = text.Split('\n')
            .SkipWhile(line => !IsTitle(line, title))
            .Skip(1)
            .TakeWhile(line => line.Length == 0 || line[0] == ' ')
            .ToArray();
        var last = Array.FindLastIndex(below, line => line.Length > 0);
        return [.. below.Take(last + 1).Select(line => line.Length < 2 ? line : line[2..])];
    }

    /// <summary>The terms below this title.</summary>
    public IReadOnlyList<HelpEntry> Entries(string title)
    {
        var entries = new List<HelpEntry>();
        foreach (var line in Lines(title).Where(line => line.Length > 0))
        {
            var parts = Columns().Split(line.Trim(), 2);
            if (!IsTerm(line))
                entries[^1] = new(entries[^1].Term, $"{entries[^1].Text} {line.Trim()}".Trim());
            else
                entries.Add(new(parts[0], parts.Length == 1 ? "" : parts[1]));
        }
        return entries;
    }

    // Options without a letter stand a little further in than those with one.
    static bool IsTerm(string line) =>
        line[0] != ' '
        || line.TrimStart() is ['-', ..] term && line.Length - term.Length <= FurthestOption;

    static bool IsTitle(string line, string title) =>
        line.StartsWith(title, StringComparison.Ordinal)
        && line.EndsWith(':');

    [GeneratedRegex(" {2,}")]
    private static partial Regex Columns();
}
