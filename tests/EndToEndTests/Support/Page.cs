using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Balancer.EndToEndTests.Support;

/// <summary>A page of the documentation, for the tests that hold it to what there is.</summary>
internal sealed class Page
{
    Page(string text) => Text = text;

    public string Text { get; }

    /// <summary>The page at this path from the root of the repository.</summary>
    public static Page At(string path) => new(File.ReadAllText(Path.Combine(Root(), path)));

    /// <summary>The block of code in this language; there must be one.</summary>
    public string Code(string language)
    {
        var blocks = Regex.Matches(Text, $@"^```{language}\n(.*?)^```$",
            RegexOptions.Multiline | RegexOptions.Singleline);
        return blocks.Single().Groups[1].Value;
    }

    static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
