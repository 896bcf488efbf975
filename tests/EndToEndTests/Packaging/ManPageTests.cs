using System.Text.RegularExpressions;
using Xunit;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>balancer(8) says what the program says, no more and no less.</summary>
public sealed partial class ManPageTests
{
    static string Page => Shipped.Read(ManPage.File).Replace("\\-", "-");

    [Fact]
    public void The_man_page_repeats_the_help() =>
        Shipped.Holds(ManPage.File, ManPage.Renewed(Shipped.Read(ManPage.File)));

    [Fact]
    public void The_man_page_names_every_option_that_there_is_and_no_other()
    {
        var options = Shipped.Verbs.Append(Shipped.Root)
            .SelectMany(command => command.Options)
            .Select(option => option.Name)
            .Distinct();
        var named = LongOption().Matches(Unfonted().Replace(Page, "")).Select(found => found.Value);
        Assert.Equal(options.Order(), named.Distinct().Order());
    }

    [Fact]
    public void The_man_page_names_every_letter_that_there_is()
    {
        var letters = Shipped.Verbs.Append(Shipped.Root)
            .SelectMany(command => command.Options)
            .SelectMany(option => option.Aliases)
            .Distinct();
        var text = Unfonted().Replace(Page, "");
        Assert.All(letters, letter => Assert.Matches($@"(?<!\w){letter}\b", text));
    }

    [Fact]
    public void The_man_page_has_a_paragraph_for_every_verb() => Assert.All(
        Shipped.Verbs, verb => Assert.Contains($".TP\n\\fB{verb.Name}\\fR", Page));

    [GeneratedRegex(@"(?<![\w-])--[a-z]+(?:-[a-z]+)*")]
    private static partial Regex LongOption();

    [GeneratedRegex(@"\\f[BIR]")]
    private static partial Regex Unfonted();
}
