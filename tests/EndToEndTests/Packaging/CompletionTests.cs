using System.CommandLine;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Packaging;

/// <summary>What the two shells offer is what the program takes.</summary>
public sealed class CompletionTests
{
    [Fact]
    public void The_completion_for_bash_is_of_these_options() =>
        Shipped.Holds(BashCompletion.File, BashCompletion.Made());

    [Fact]
    public void The_completion_for_zsh_is_of_these_options() =>
        Shipped.Holds(ZshCompletion.File, ZshCompletion.Made());

    [Fact]
    public async Task Bash_offers_the_verbs() => Assert.Equal(
        Shipped.Verbs.Select(verb => verb.Name).Order(), (await Offered("")).Order());

    [Fact]
    public async Task Bash_offers_every_option_of_the_daemon_and_of_each_verb()
    {
        foreach (var verb in Completion.Commands)
        {
            string[] before = verb == Shipped.Root ? [] : [verb.Name];
            Assert.Equal(
                verb.Options.SelectMany(Shipped.Names).Order(),
                (await Offered([.. before, "-"])).Order());
        }
    }

    [Fact]
    public async Task Bash_offers_what_may_follow_an_option()
    {
        Assert.Equal(["drop"], await Offered("--when-empty", "d"));
        Assert.Equal(["trace"], await Offered("demo", "-l", "t"));
        Assert.Equal(["kill"], await Offered("whatif", "k"));
        Assert.Equal(
            [Shipped.PathOf(ManPage.File)],
            await Offered("--control", Shipped.PathOf("man/balancer")));
        Assert.Empty(await Offered("-p", ""));
    }

    [Fact]
    public void Every_option_whose_values_are_offered_exists_and_takes_them()
    {
        var options = Completion.Commands.SelectMany(command => command.Options).ToLookup(
            option => option.Name);
        foreach (var (name, value) in Completion.OfOptions)
        {
            Assert.NotEmpty(options[name]);
            var owner = Completion.Commands.Last(command =>
                command.Options.Any(option => option.Name == name));
            Assert.All(value.Words, word => Assert.Empty(
                (owner == Shipped.Root
                    ? Shipped.Root.Parse([name, word])
                    : Shipped.Root.Parse([owner.Name, name, word])).Errors));
        }
        Assert.All(Completion.OfVerbs, verb =>
            Assert.Contains(Shipped.Verbs, there => there.Name == verb.Key));
    }

    /// <summary>What bash offers for the last of these words.</summary>
    static async Task<IReadOnlyList<string>> Offered(params string[] words)
    {
        const string script = """
            source "$1"
            shift
            COMP_WORDS=(balancer "$@")
            COMP_CWORD=$#
            _balancer
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        await using var bash = ChildProcess.Start("/bin/bash",
            ["-c", script, "bash", Shipped.PathOf(BashCompletion.File), .. words]);
        Assert.Equal(0, await bash.Exit());
        Assert.Empty(bash.Errors.All);
        return [.. bash.Output.All.Where(line => line.Length > 0)];
    }
}
