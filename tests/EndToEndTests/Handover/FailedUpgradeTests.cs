using System.Net;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Handover;

/// <summary>What cannot take the daemon's place does not: one sentence says why, and it serves on.
/// </summary>
public sealed class FailedUpgradeTests
{
    public static TheoryData<string, string> Programs => new()
    {
        { "exit 3", "has not come so far as to say hello: it ended with code 3; what it says of "
            + "that is on our standard error" },
        { "kill -9 $$", "it was ended by signal 9" },
        { "exec sleep 60", "has said nothing for 1 s" },
        { "exec 'BALANCER' \"$@\" --loops 3",
            "--loops 3: there are 1, and their number cannot change without a restart" },
        { "exec 'BALANCER' \"$@\" -p 1",
            "--port 1: the sockets that were handed over are on port " },
        { "exec 'BALANCER' \"$@\" -b 127.0.0.2",
            "--bind 127.0.0.1, 127.0.0.2: the sockets that were handed over are on 127.0.0.1" },
        { "exec 'BALANCER' \"$@\" -s /", "it has no session with backend 5301 after 1 s" },
        { "exec 'BALANCER' \"$@\" --http 192.0.2.1:1 --http-anywhere",
            "--control or --http 192.0.2.1:1: " },
        { "exec 'BALANCER' \"$@\" --nonsense", "it ended with code 1" },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_program_that_fails_leaves_the_daemon_as_it_was(
        string program, string sentence)
    {
        using var programs = new TestDirectory();
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var client = cluster.NewClient();
        await client.AskUdp();
        var path = programs.Script(program.Replace("BALANCER", BalancerProcess.Binary));
        // Those that get as far as that are given the time that a busy machine takes.
        var patience = program.Contains("sleep") || program.Contains("-s /") ? "1s" : "30s";
        var refused = await cluster.TryUpgrade($"?binary={path}&patience={patience}");
        Assert.Equal(HttpStatusCode.Conflict, refused.Status);
        Assert.StartsWith("not upgraded: ", refused.Sentence);
        Assert.Contains(sentence, refused.Sentence);
        await client.AskUdp();
        await client.AskTcp();
        Assert.Equal(new(2, 2, 0), await cluster.Totals());
        await cluster.Balancer.Says("upgrade failed; serving on");
    }

    [Fact]
    public async Task What_is_no_program_is_not_started()
    {
        using var directory = new TestDirectory();
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        File.WriteAllText(directory["text"], "");
        foreach (var (path, why) in new[]
        {
            (directory["missing"], "no such file"),
            (directory.Path, "is a directory, and no program"),
            (directory["text"], "may not be executed"),
        })
        {
            var refused = await cluster.TryUpgrade($"?binary={path}");
            Assert.Equal(
                (HttpStatusCode.Conflict, $"not upgraded: {path}: {why}"), refused);
        }
        await cluster.NewClient().AskUdp();
    }

    [Theory]
    [InlineData("?binary=balancer", "binary: \"balancer\" is not a path from the root")]
    [InlineData("?patience=1", "patience: \"1\" is not a time from 1s to 60s")]
    [InlineData("?program=x", "unknown parameter \"program\"; there are: binary, patience")]
    public async Task What_cannot_be_meant_is_refused(string parameters, string sentence)
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        Assert.Equal(
            (HttpStatusCode.BadRequest, sentence), await cluster.TryUpgrade(parameters));
    }

    [Fact]
    public async Task There_is_one_at_a_time_and_after_one_that_failed_another()
    {
        using var programs = new TestDirectory();
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var silent = cluster.TryUpgrade($"?binary={programs.Script("exec sleep 60")}&patience=5s");
        await cluster.Balancer.Says("upgrade begins");
        Assert.Equal(
            (HttpStatusCode.Conflict, "not upgraded: an upgrade is under way already"),
            await cluster.TryUpgrade());
        Assert.Contains("has said nothing for 5 s", (await silent).Sentence);
        await cluster.Upgrade();
    }

    [Fact]
    public async Task A_stop_gives_up_what_is_under_way()
    {
        using var programs = new TestDirectory();
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var silent = cluster.TryUpgrade(
            $"?binary={programs.Script("exec sleep 60")}&patience=60s");
        await cluster.Balancer.Says("upgrade begins");
        cluster.Balancer.Send(Signal.Terminate);
        Assert.Equal(0, await cluster.Balancer.Exit());
        try
        {
            Assert.Contains("we are told to stop", (await silent).Sentence);
        }
        catch (HttpRequestException)
        {
            // It had ended before it could say so.
        }
    }
}
