using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Balancer.Daemon.Settings;
using Json.Schema;
using Xunit;

namespace Balancer.EndToEndTests.Settings;

/// <summary>
/// What is written of the settings is what the table says. BALANCER_WRITE=1 writes it anew.
/// </summary>
public sealed class SettingsPageTests
{
    static readonly string Root = RootOf();

    static readonly string Page = Path.Combine(Root, "docs", "configuration.md");

    static readonly string Schema = Path.Combine(Root, "deploy", "balancer.schema.json");

    [Fact]
    public void The_page_has_the_table_of_today()
    {
        var page = File.ReadAllText(Page);
        Holds(Page, SettingsPage.With(page), page);
    }

    [Fact]
    public void The_schema_is_that_of_today() => Holds(
        Schema, SettingsSchema.Text(), File.Exists(Schema) ? File.ReadAllText(Schema) : "");

    [Fact]
    public void The_example_of_the_page_is_read_and_fits_the_schema()
    {
        // Whatever this host lacks: the directory and the user.
        var example = Example()
            .Replace("/run/balancer/backends", "/", StringComparison.Ordinal)
            .Replace("\"named\"", "\"root\"", StringComparison.Ordinal);
        var text = ConfigText.Read("example", Encoding.UTF8.GetBytes(example));
        Assert.Empty(text.Refusals);
        Assert.NotEmpty(text.Givens);
        Assert.True(Fits(example));
    }

    [Theory]
    [InlineData(true, """{"port": 53, "bind": "127.0.0.1", "probeEvery": "5s", "compat": true}""")]
    [InlineData(true, """{"probeEvery": 5, "backendUser": ["root", 0], "allow": []}""")]
    [InlineData(true, """{"whenEmpty": "servfail", "rebalanceBudget": 0.5, "control": "off"}""")]
    [InlineData(false, """{"prot": 53}""")]
    [InlineData(false, """{"port": 0}""")]
    [InlineData(false, """{"port": "53"}""")]
    [InlineData(false, """{"whenEmpty": "nothing"}""")]
    [InlineData(false, """{"heartbeatEvery": "5"}""")]
    [InlineData(false, """{"bind": ["localhost"]}""")]
    [InlineData(false, """{"control": "socket"}""")]
    [InlineData(false, """[]""")]
    public void The_schema_allows_what_the_reader_reads(bool fits, string text)
    {
        Assert.Equal(fits, Fits(text));
        var read = ConfigText.Read("x", Encoding.UTF8.GetBytes(text));
        Assert.Equal(fits, read.Refusals.Count == 0);
    }

    static bool Fits(string text)
    {
        using var document = JsonDocument.Parse(text, new()
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        });
        return JsonSchema.FromText(SettingsSchema.Text()).Evaluate(document.RootElement).IsValid;
    }

    static string Example()
    {
        var page = File.ReadAllText(Page);
        var begin = page.IndexOf("```jsonc\n", StringComparison.Ordinal) + "```jsonc\n".Length;
        return page[begin..page.IndexOf("```", begin, StringComparison.Ordinal)];
    }

    static void Holds(string path, string should, string @is)
    {
        if (Environment.GetEnvironmentVariable("BALANCER_WRITE") == "1")
            File.WriteAllText(path, should);
        else
            Assert.Equal(should, @is);
    }

    static string RootOf([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
