using System.Net;
using System.Text.Json;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>What a running daemon foretells, against what happens; and who asks.</summary>
public sealed class WhatIfTests
{
    static readonly string[] Three = ["5301", "5302", "5303"];

    [Fact]
    public async Task What_is_foretold_of_a_kill_is_what_happens()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        var clients = cluster.NewClients(30);
        var before = await ServersOf(clients);

        var foretold = await cluster.Door.Json("whatif?kill=5302");
        Assert.Equal(before, Of(foretold, "remotesNow"));
        Assert.Equal(30, foretold.GetProperty("remotes").GetInt32());
        Assert.Equal(10, foretold.GetProperty("moved").GetInt32());
        Assert.Equal(before, await ServersOf(clients));

        await cluster["5302"].Kill();
        await cluster.Balancer.SaysOf("5302", "backend faulted (reset and reconnect)");
        Assert.Equal(await ServersOf(clients), Of(foretold, "remotesThen"));
    }

    [Fact]
    public async Task What_is_foretold_of_a_drain_is_what_happens_on_several_loops()
    {
        await using var cluster = await Cluster.StartWithDoor(Three, "--loops", "2");
        var clients = cluster.NewClients(30);
        foreach (var client in clients)
            await client.AskUntilAnswered();
        while ((await cluster.Door.Json("status")).GetProperty("loops").EnumerateArray()
            .Any(loop => loop.GetProperty("totals").GetProperty("backendsLive").GetInt32() < 3))
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
        var before = await ServersOf(clients);
        var foretold = await cluster.Door.Json("whatif?drain=5301");
        Assert.Equal(before, Of(foretold, "remotesNow"));
        Assert.Equal(60, foretold.GetProperty("backends").EnumerateArray()
            .Sum(backend => backend.GetProperty("datagramsThen").GetInt64()));
        Assert.Equal(HttpStatusCode.OK, (await cluster.Door.Post("backends/5301/drain")).Status);
        Assert.Equal(await ServersOf(clients), Of(foretold, "remotesThen"));
    }

    [Fact]
    public async Task A_newcomer_would_be_given_nobody_at_once()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        await ServersOf(cluster.NewClients(6));
        var foretold = await cluster.Door.Json("whatif?add=1");
        Assert.Equal(5304, foretold.GetProperty("backend").GetInt32());
        Assert.Equal(0, foretold.GetProperty("moved").GetInt32());
        Assert.Contains(
            "A new backend 5304 would be given nobody else's clients at once",
            foretold.GetProperty("because").GetString());
        Assert.Equal(5_350, (await cluster.Door.Json("whatif?add=5350"))
            .GetProperty("backend").GetInt32());
    }

    [Fact]
    public async Task Of_the_last_one_it_is_said_what_a_drain_and_a_kill_would_mean()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        await ServersOf(cluster.NewClients(4));
        Assert.Equal(
            "Nobody but 5301 can carry now, so it would go on serving all until another can.",
            (await cluster.Door.Json("whatif?drain=5301")).GetProperty("because").GetString());
        Assert.Contains(
            "Nobody would serve 4 clients until a backend carries.",
            (await cluster.Door.Json("whatif?kill=5301")).GetProperty("because").GetString());
    }

    [Theory]
    [InlineData("whatif", 400, "one of drain=ID, kill=ID and add=1 is needed")]
    [InlineData("whatif?drain=5301&kill=5301",
        400, "one of drain=ID, kill=ID and add=1 is needed")]
    [InlineData("whatif?drain=5399", 404, "no backend 5399; there are: 5301")]
    [InlineData("whatif?add=5301", 400, "add: there is a backend 5301 already")]
    [InlineData("whatif?add=0", 400, "add: \"0\" is not a number from 1 to 1000000")]
    [InlineData("remotes?limit=0", 400, "limit: \"0\" is not a number from 1 to 10000")]
    [InlineData("remotes?limit=10001", 400, "limit: \"10001\" is not a number from 1 to 10000")]
    [InlineData("remotes?backend=1", 404, "no backend 1; there are: 5301")]
    [InlineData("remotes?top=1", 400, "unknown parameter \"top\"; there are: limit, backend")]
    public async Task What_makes_no_sense_is_refused_in_a_sentence(
        string target, int status, string sentence)
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var refused = await cluster.Door.Get(target);
        Assert.Equal(
            ((HttpStatusCode)status, sentence), (refused.Status, Door.ErrorOf(refused.Body)));
    }

    [Fact]
    public async Task The_remotes_are_told_busiest_first_with_whose_they_are_and_who_serves_them()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        var clients = cluster.NewClients(4);
        await ServersOf(clients);
        await clients[2].AskUdp();
        await cluster.Door.Post($"pin?ip={clients[1].Address}&backend=5302");

        var told = await cluster.Door.Json("remotes?limit=3");

        Assert.Equal(4, told.GetProperty("known").GetInt32());
        var remotes = told.GetProperty("remotes").EnumerateArray().ToArray();
        Assert.Equal(
            [$"{clients[2].Address}", $"{clients[0].Address}", $"{clients[1].Address}"],
            remotes.Select(remote => remote.GetProperty("address").GetString()));
        Assert.Equal([2, 1, 1], remotes.Select(remote => remote.GetProperty("udp").GetInt32()));
        Assert.Equal(
            [false, false, true],
            remotes.Select(remote => remote.GetProperty("pinned").GetBoolean()));
        Assert.Equal(
            [5301, 5301, 5302],
            remotes.Select(remote => remote.GetProperty("servedBy").GetInt32()));

        await cluster["5301"].Kill();
        await cluster.Balancer.SaysOf("5301", "backend faulted (reset and reconnect)");
        var its = (await cluster.Door.Json("remotes?backend=5301")).GetProperty("remotes");
        Assert.All(its.EnumerateArray(), remote => Assert.Equal(
            (5301, 5302),
            (remote.GetProperty("primary").GetInt32(), remote.GetProperty("servedBy").GetInt32())));
        Assert.Equal(2, its.GetArrayLength());
        Assert.Equal(4, (await cluster.Door.Json("remotes?backend=5302"))
            .GetProperty("remotes").GetArrayLength());
    }

    static async Task<(int, int)[]> ServersOf(DnsAsker[] clients)
    {
        var servers = new List<string?>();
        foreach (var client in clients)
            servers.Add((await client.AskUdp()).Backend);
        return [.. servers.CountBy(server => int.Parse(server!, null))
            .OrderBy(of => of.Key).Select(of => (of.Key, of.Value))];
    }

    static (int, int)[] Of(JsonElement foretold, string count) =>
    [
        .. foretold.GetProperty("backends").EnumerateArray()
            .Select(backend => (
                backend.GetProperty("backend").GetInt32(), backend.GetProperty(count).GetInt32()))
            .Where(of => of.Item2 > 0),
    ];
}
