using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Balancer.Daemon.Control;
using Balancer.Daemon.Hooks;
using Balancer.Daemon.Narration;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>
/// docs/operating.md: it says what every metric, outcome, reason and line of the log means.
/// </summary>
public sealed partial class OperatingPageTests
{
    static readonly string Operating = Page.At("docs/operating.md").Text;

    [Fact]
    public void Every_metric_has_its_row_and_no_row_is_of_another() => Assert.Equal(
        MetricFamilies.All.Select(family => family.Name),
        MetricRow().Matches(Operating).Select(row => row.Groups[1].Value));

    [Fact]
    public void Every_outcome_and_reason_of_a_metric_is_explained() => Assert.DoesNotContain(
        Kinds.Outcomes.Concat(Kinds.Ends).Concat(Kinds.Faults)
            .Concat(Enum.GetValues<HookOutcome>().Select(Field.Of)),
        word => !Operating.Contains($"`{word}`", StringComparison.Ordinal));

    [Fact]
    public void Every_event_of_a_hook_has_its_row() => Assert.All(
        Enum.GetValues<HookKind>(), kind => Assert.Contains(
            $"\n| `{HookEvent.Word(kind)}` | ", Operating, StringComparison.Ordinal));

    // The narrator's sentences are constants: texts with a space in them, and what is said in a
    // word. Its other texts are names of fields.
    [Fact]
    public void Every_line_of_the_log_is_explained()
    {
        var sentences = (
            from file in Directory.EnumerateFiles(Narration(), "Narrator*.cs")
            let code = Comment().Replace(File.ReadAllText(file), "")
            from Match text in Text().Matches(code)
            let sentence = text.Groups["text"].Value.Trim()
            where text.Groups["varies"].Length == 0
                && (text.Groups["said"].Success || sentence.Contains(' '))
            select sentence).Distinct().ToArray();
        Assert.True(sentences.Length > 80, $"{sentences.Length} sentences are no narrator's");
        Assert.DoesNotContain(
            sentences, sentence => !Operating.Contains(sentence, StringComparison.Ordinal));
    }

    static string Narration([CallerFilePath] string here = "") => Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(here)!, "../../src/Balancer.Daemon/Narration"));

    [GeneratedRegex(@"^\| `((?:mname|process)_\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex MetricRow();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("""
        (?<said>Say\(\s*)?(?<varies>[$]?)"(?<text>[^"\n]*)"
        """)]
    private static partial Regex Text();
}
