using System.Net;
using System.Text.Json;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>Orders to a running daemon: what is said, what is done, what is refused.</summary>
public sealed class CommandTests
{
    static readonly string[] Three = ["5301", "5302", "5303"];

    [Fact]
    public async Task Drain_and_enable_under_load_lose_nothing()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        using var over = new CancellationTokenSource();
        var asking = cluster.NewClients(9).Select(client => Ask(client, over.Token)).ToArray();

        for (var round = 0; round < 3; round++)
        {
            foreach (var name in Three)
            {
                var drained = await Lines(cluster, $"backends/{name}/drain");
                Assert.Equal("backend-leaving", drained[0].GetProperty("kind").GetString());
                Assert.True(drained[^1].GetProperty("done").GetBoolean());
                Assert.Equal(
                    $"{name} is drained: it owes nothing, and is given nothing until it is enabled",
                    TextOf(drained[^1]));
                var enabled = await Lines(cluster, $"backends/{name}/enable");
                Assert.Equal("backend-stays", enabled[0].GetProperty("kind").GetString());
                Assert.Equal(
                    $"{name} is enabled: it is given its clients again", TextOf(enabled[^1]));
            }
        }
        await over.CancelAsync();
        // Each waits for its last answer: none of these ends by itself otherwise.
        Assert.All(await Task.WhenAll(asking), count => Assert.True(count > 0));
    }

    [Fact]
    public async Task A_drained_backend_is_asked_nothing_until_it_is_enabled()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        var client = await cluster.ClientOf("5302");
        await Lines(cluster, "backends/5302/drain");
        Assert.NotEqual("5302", (await client.AskUdp()).Backend);
        var it = await cluster.Door.Json($"explain/{client.Address}");
        Assert.Equal("drained", it.GetProperty("primary").GetProperty("state").GetString());
        Assert.Contains(
            "5302 is drained by command, so", it.GetProperty("because").GetString());
        await Lines(cluster, "backends/5302/enable");
        Assert.Equal("5302", (await client.AskUdp()).Backend);
        Assert.Equal(
            "5302 was not drained: nothing has changed",
            TextOf((await Lines(cluster, "backends/5302/enable"))[^1]));
    }

    [Fact]
    public async Task The_last_one_is_drained_as_soon_as_another_can_carry_and_that_is_said()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var client = cluster.NewClient();
        var drained = await Lines(cluster, "backends/5301/drain");
        Assert.StartsWith(
            "5301 is to be drained, but nobody else can carry: it goes on serving all",
            TextOf(drained[^1]), StringComparison.Ordinal);
        Assert.Equal("5301", (await client.AskUdp()).Backend);
        await cluster.StartNode("5302");
        await cluster.Balancer.SaysOf("5302", "backend socket established");
        Assert.Equal("5302", (await client.AskUdp()).Backend);
    }

    [Fact]
    public async Task Of_several_loops_all_drain_a_backend()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"], "--loops", "3");
        var clients = cluster.NewClients(24);
        foreach (var client in clients)
            await client.AskUntilAnswered();
        await Until(cluster, status => status.GetProperty("loops").EnumerateArray().All(
            loop => loop.GetProperty("backends").GetArrayLength() == 2));
        var lines = await Lines(cluster, "backends/5302/drain");
        Assert.Equal(
            [0, 1, 2],
            lines.Where(line => line.TryGetProperty("kind", out var kind)
                    && kind.GetString() == "backend-leaving")
                .Select(line => line.GetProperty("loop").GetInt32()).Order());
        foreach (var client in clients)
            Assert.Equal("5301", (await client.AskUdp()).Backend);
    }

    [Fact]
    public async Task What_is_pinned_before_it_asks_is_served_there_whatever_the_turn()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        foreach (var client in cluster.NewClients(4))
        {
            var lines = await Lines(cluster, $"pin?ip={client.Address}&backend=5303");
            Assert.Equal(["remote-pinned"], lines[..^1].Select(
                line => line.GetProperty("kind").GetString()));
            Assert.Equal($"{client.Address} is pinned to 5303", TextOf(lines[^1]));
            Assert.Equal("5303", (await client.AskUdp()).Backend);
        }
    }

    [Theory]
    [InlineData("backends/5399/drain", 404, "no backend 5399; there are: 5301, 5302")]
    [InlineData("backends/x/enable", 404, "no backend x; there are: 5301, 5302")]
    [InlineData("backends/5301/drain?wait=maybe", 400, "wait: \"maybe\" is neither true nor false")]
    [InlineData("backends/5301/enable?wait=true",
        400, "unknown parameter \"wait\"; none is taken here")]
    [InlineData("pin?ip=10.0.0.1", 400, "backend is missing")]
    [InlineData("pin?backend=5301", 400, "ip is missing")]
    [InlineData("pin?ip=10.0.0.1&backend=5399", 404, "no backend 5399; there are: 5301, 5302")]
    [InlineData("pin?ip=10.0.0.256&backend=5301",
        400, "ip: \"10.0.0.256\" is not an IPv4 address such as 192.0.2.1")]
    [InlineData("pin?ip=10.0.0.1&backend=5301&for=ever",
        400, "for: \"ever\" is not a time from 1s to 365d")]
    [InlineData("pin?ip=10.0.0.1&backend=5301&for=0s",
        400, "for: \"0s\" is not a time from 1s to 365d")]
    [InlineData("pin?ip=10.0.0.1&backend=5301&for=99999999999d",
        400, "for: \"99999999999d\" is not a time from 1s to 365d")]
    [InlineData("pin?ip=10.0.0.1&ip=10.0.0.2&backend=5301", 400, "ip: given more than once")]
    [InlineData("unpin?ip=10.0.0.1", 404, "10.0.0.1 is not pinned")]
    [InlineData("move?ip=10.0.0.1&backend=5301",
        404, "10.0.0.1 has not asked lately: pin it, or move it when it has asked")]
    public async Task What_cannot_be_done_is_refused_in_a_sentence(
        string target, int status, string sentence)
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        var refused = await cluster.Door.Post(target);
        Assert.Equal(
            ((HttpStatusCode)status, sentence), (refused.Status, Door.ErrorOf(refused.Body)));
    }

    [Fact]
    public async Task A_pinned_client_is_not_moved_elsewhere()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        var client = await cluster.ClientOf("5301");
        await Lines(cluster, $"pin?ip={client.Address}&backend=5301");
        var (status, body) = await cluster.Door.Post($"move?ip={client.Address}&backend=5302");
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Equal(
            $"{client.Address} is pinned to another backend: unpin it, or pin it anew",
            Door.ErrorOf(body));
    }

    static async Task<JsonElement[]> Lines(Cluster cluster, string target)
    {
        var (status, body) = await cluster.Door.Post(target);
        Assert.Equal((HttpStatusCode.OK, true), (status, body.EndsWith('\n')));
        return [.. body.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }

    static string TextOf(JsonElement line) => line.GetProperty("text").GetString()!;

    static async Task Until(Cluster cluster, Predicate<JsonElement> holds)
    {
        while (!holds(await cluster.Door.Json("status")))
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
    }

    static async Task<int> Ask(DnsAsker client, CancellationToken over)
    {
        var asked = 0;
        for (; !over.IsCancellationRequested || asked == 0; asked++)
            await client.AskUdp();
        return asked;
    }
}
