using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>The verbs, as they are typed: what they print into a pipe, and their exit codes.
/// </summary>
public sealed class VerbTests
{
    [Fact]
    public async Task Status_has_a_row_for_each_backend()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        await cluster.NewClient().AskUdp();

        var (code, lines, _) = await Typed(cluster, "status");

        Assert.Equal(0, code);
        Assert.Matches(
            @"^balancer \S+, up .* s: 2 of 2 backends take queries; 1 datagrams received, 1 ans",
            lines[0]);
        Assert.Matches("^backend +state +since +remotes +owes +round trip ", lines[1]);
        Assert.Matches(@"^5301 +live +\d", lines[2]);
        Assert.EndsWith($" {cluster.PathOf("5302")}", lines[3]);
        Assert.Equal(4, lines.Count);
    }

    [Fact]
    public async Task Where_nobody_listens_it_says_so_and_where()
    {
        using var directory = new TestDirectory();

        var (code, lines, errors) = await Typed(directory["control.sock"], "status");

        Assert.Equal(3, code);
        Assert.Empty(lines);
        Assert.Equal(
            $"balancer: {directory["control.sock"]}: no such socket; is a daemon running?",
            Assert.Single(errors));
    }

    [Fact]
    public async Task A_verb_without_its_argument_names_it()
    {
        var (code, _, errors) = await Typed("/nowhere", "drain");

        Assert.Equal((1, "balancer: drain: backend is missing"), (code, Assert.Single(errors)));
    }

    [Theory]
    [InlineData("drain", "five", "balancer: five: not a backend's number (5302)")]
    [InlineData("unpin", "127.1", "balancer: 127.1: not an IPv4 address")]
    [InlineData("status", "loudly", "balancer: unexpected argument \"loudly\"")]
    public async Task A_bad_argument_is_refused_before_anybody_is_asked(
        string verb, string argument, string line)
    {
        var (code, _, errors) = await Typed("/nowhere", verb, argument);

        Assert.Equal((1, line), (code, Assert.Single(errors)));
    }

    static Task<(int Code, IReadOnlyList<string> Lines, IReadOnlyList<string> Errors)> Typed(
        Cluster cluster, params string[] words) => Typed(cluster.Door.Path, words);

    static async Task<(int Code, IReadOnlyList<string> Lines, IReadOnlyList<string> Errors)> Typed(
        string control, params string[] words)
    {
        await using var process = BalancerProcess.Run([.. words, "--control", control]);
        return (await process.Exit(), process.Output.All, process.Errors.All);
    }
}
