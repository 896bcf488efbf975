using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;
using IO = System.IO;

namespace Balancer.VirtualTimeTests;

// The repository checks itself: size, width, and that prose names what exists.
public partial class TidyTests
{
    static readonly string Root = FindRoot();

    static readonly string[] Sources =
        [.. new[] { "src", "compat", "tests", "bench" }.SelectMany(top => Files(top, "*.cs"))];

    [Fact]
    public void No_line_is_over_100_columns() => Assert.Empty(
        from file in Sources
        from line in File.ReadLines(file).Select((text, at) => (text, at))
        where line.text.Length > 100
        select $"{file}:{line.at + 1}");

    [Fact]
    public void No_file_is_over_300_lines() => Assert.DoesNotContain(
        Sources, file => File.ReadLines(file).Count() > 300);

    [Fact]
    public void Every_source_file_that_a_page_names_exists()
    {
        var names = Sources.Select(Path.GetFileName).ToHashSet();
        var pages = Files(".", "*.md").Where(page => !page.Contains("node_modules"));
        Assert.Empty(
            from page in pages
            from Match named in SourceFile().Matches(File.ReadAllText(page))
            where !names.Contains(named.Value)
            select $"{page}: {named.Value}");
    }

    [Fact]
    public void Every_link_of_a_page_leads_somewhere() => Assert.Empty(
        from page in Files(".", "*.md").Where(page => !page.Contains("node_modules"))
        from Match link in Link().Matches(File.ReadAllText(page))
        let target = Path.Combine(Path.GetDirectoryName(page)!, link.Groups[1].Value)
        where !File.Exists(target) && !IO.Directory.Exists(target)
        select $"{page}: {link.Groups[1].Value}");

    [Fact]
    public void The_data_path_knows_no_streams_and_no_log() => Assert.Empty(
        from file in Files("src/Balancer.Rx/Forwarding", "*.cs")
            .Concat(Files("src/Balancer.Rx/Protocol", "*.cs"))
        where ForbiddenThere().IsMatch(File.ReadAllText(file))
        select file);

    [Fact]
    public void Every_weakness_of_the_original_has_a_test_that_is_named_after_it() => Assert.Empty(
        from weakness in Enumerable.Range(1, Weaknesses)
        where !TestsOfWeaknesses().Any(test => IsOf($"W{weakness}", test))
        select $"W{weakness}");

    [Fact]
    public void The_page_of_weaknesses_names_these_tests_each_in_its_row()
    {
        var rows = File.ReadLines(Path.Combine(Root, "docs", "weaknesses.md"))
            .Select(line => WeaknessRow().Match(line))
            .Where(row => row.Success)
            .ToArray();
        var named = (
            from row in rows
            from Match test in WeaknessTest().Matches(row.Value)
            select (Row: row.Groups[1].Value, Test: test.Value)).ToArray();
        Assert.Equal(
            Enumerable.Range(1, Weaknesses).Select(weakness => $"W{weakness}"),
            rows.Select(row => row.Groups[1].Value));
        Assert.All(named, name => Assert.StartsWith($"{name.Row}_", name.Test));
        Assert.Equal(TestsOfWeaknesses().Order(), named.Select(name => name.Test).Order());
    }

    // W1 to W27 are the weaknesses of the original; a test that shows one begins with its name.
    const int Weaknesses = 27;

    static IEnumerable<string> TestsOfWeaknesses() =>
        from file in Files("tests", "*.cs")
        from Match test in WeaknessTestMethod().Matches(File.ReadAllText(file))
        select test.Groups[1].Value;

    static bool IsOf(string weakness, string test) =>
        test.StartsWith(weakness + "_", StringComparison.Ordinal);

    static IEnumerable<string> Files(string folder, string pattern) => IO.Directory
        .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        .Where(file => !Built().IsMatch(Path.GetRelativePath(Root, file)));

    static string FindRoot([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));

    [GeneratedRegex(@"\b[A-Z][A-Za-z.]*\.cs\b")]
    private static partial Regex SourceFile();

    [GeneratedRegex(@"\]\((?!http)([^)#]+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\s+public (?:async )?(?:void|Task) (W\d+_\w+)\(", RegexOptions.Multiline)]
    private static partial Regex WeaknessTestMethod();

    [GeneratedRegex(@"^\| (W\d+) \|.*$")]
    private static partial Regex WeaknessRow();

    [GeneratedRegex(@"\bW\d+_\w+")]
    private static partial Regex WeaknessTest();

    [GeneratedRegex(@"^(.*/)?(bin|obj|artifacts)/")]
    private static partial Regex Built();

    [GeneratedRegex(@"using (System\.Reactive|DynamicData|Serilog|System\.Threading\.Tasks)")]
    private static partial Regex ForbiddenThere();
}
