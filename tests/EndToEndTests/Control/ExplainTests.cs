using System.Globalization;
using System.Net;
using System.Text.Json;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>Why a client goes where it goes, of a running daemon with real servers behind it.
/// </summary>
public sealed class ExplainTests
{
    static readonly string[] Three = ["5301", "5302", "5303"];

    [Fact]
    public async Task A_newcomer_is_with_the_one_whose_turn_it_was()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        var client = await cluster.ClientOf("5302");

        var it = await Explain(cluster, client);

        Assert.True(it.GetProperty("known").GetBoolean());
        Assert.Equal("on-probation", it.GetProperty("standing").GetString());
        Assert.Equal(1, it.GetProperty("counters").GetProperty("udp").GetInt64());
        var primary = it.GetProperty("primary");
        Assert.Equal(5302, primary.GetProperty("backend").GetInt32());
        Assert.Equal("newcomer", primary.GetProperty("reason").GetString());
        Assert.Contains("dealt to 5302, whose turn it was", BecauseOf(primary));
        var since = primary.GetProperty("since").GetDateTimeOffset();
        Assert.InRange(DateTimeOffset.UtcNow - since, TimeSpan.Zero, TimeSpan.FromMinutes(2));
        Assert.Equal((5302, "primary"), Server(it));
        Assert.Contains("5302 serves it: its primary", BecauseOf(it));
        Assert.NotEqual(
            5302, it.GetProperty("ifThatWent").GetProperty("backend").GetInt32());
        Assert.Empty(Kinds(it));
    }

    [Fact]
    public async Task After_a_kill_the_one_that_was_foretold_serves_it_and_after_a_return_its_own()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        var client = await cluster.ClientOf("5302");
        var foretold = (await Explain(cluster, client))
            .GetProperty("ifThatWent").GetProperty("backend").GetInt32();

        await cluster["5302"].Kill();
        await cluster.Balancer.SaysOf("5302", "backend faulted (reset and reconnect)");
        var killed = await Explain(cluster, client);
        var answer = await client.AskUdp();

        Assert.Equal((foretold, "primary-down"), Server(killed));
        Assert.Equal($"{foretold}", answer.Backend);
        Assert.Contains(
            killed.GetProperty("primary").GetProperty("state").GetString(),
            (string[])["waiting", "connecting", "absent"]);
        Assert.Contains("5302 is down", BecauseOf(killed.GetProperty("servedBy")));
        Assert.Contains($"so {foretold} stands in", BecauseOf(killed.GetProperty("servedBy")));
        Assert.Contains("backend-faulted", Kinds(killed));

        var at = cluster.Balancer.Log.Count;
        await cluster.StartNode("5302");
        await cluster.Balancer.SaysOf("5302", "backend socket established", at);
        DnsReply back;
        do
        {
            back = await client.AskUdp();
        }
        while (back.Backend != "5302");
        var returned = await Explain(cluster, client);

        Assert.Equal((5302, "primary"), Server(returned));
        var kinds = Kinds(returned);
        Assert.True(
            kinds.IndexOf("backend-faulted") < kinds.LastIndexOf("backend-established"),
            string.Join(' ', kinds));
        var times = returned.GetProperty("events").EnumerateArray()
            .Select(e => e.GetProperty("at").GetDateTime()).ToList();
        Assert.Equal(times.Order(), times);
        Assert.All(
            returned.GetProperty("events").EnumerateArray(),
            e => Assert.NotEmpty(e.GetProperty("text").GetString()!));
    }

    [Fact]
    public async Task A_pin_and_a_move_say_who_ordered_them_and_when()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        var client = await cluster.ClientOf("5301");
        var ip = client.Address;

        Assert.Equal(HttpStatusCode.OK, await Post(cluster, $"move?ip={ip}&backend=5302"));
        var moved = await Explain(cluster, client);
        Assert.Equal("5302", (await client.AskUdp()).Backend);
        Assert.Equal("moved", moved.GetProperty("primary").GetProperty("reason").GetString());
        Assert.Contains("moved to 5302", BecauseOf(moved));
        Assert.Equal(["remote-assigned"], Kinds(moved));

        Assert.Equal(HttpStatusCode.OK, await Post(cluster, $"pin?ip={ip}&backend=5303&for=2h"));
        var pinned = await Explain(cluster, client);
        Assert.Equal("5303", (await client.AskUdp()).Backend);
        Assert.Equal("pinned", pinned.GetProperty("primary").GetProperty("reason").GetString());
        var pin = pinned.GetProperty("pin");
        Assert.Equal(5303, pin.GetProperty("backend").GetInt32());
        Assert.True(pin.GetProperty("effective").GetBoolean());
        Assert.InRange(
            pin.GetProperty("until").GetDateTimeOffset() - DateTimeOffset.UtcNow,
            TimeSpan.FromMinutes(115), TimeSpan.FromHours(2));
        Assert.Equal(
            ["remote-assigned", "remote-pinned", "remote-assigned"], Kinds(pinned));

        Assert.Equal(HttpStatusCode.OK, await Post(cluster, $"unpin?ip={ip}"));
        var unpinned = await Explain(cluster, client);
        Assert.Equal("5303", (await client.AskUdp()).Backend);
        Assert.False(unpinned.TryGetProperty("pin", out _));
        Assert.Equal("remote-unpinned", Kinds(unpinned)[^1]);
    }

    [Fact]
    public async Task A_client_that_is_not_known_is_told_whose_it_would_be_and_is()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        await cluster.ClientOf("5301");
        var stranger = cluster.NewClient();

        var it = await Explain(cluster, stranger);

        Assert.False(it.GetProperty("known").GetBoolean());
        Assert.Contains("would be 5302's, whose turn it is", BecauseOf(it));
        Assert.Equal((5302, "primary"), Server(it));
        Assert.Equal("5302", (await stranger.AskUdp()).Backend);
    }

    [Fact]
    public async Task Of_several_loops_the_one_that_the_client_meets_is_asked()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"], "--loops", "3");
        var clients = cluster.NewClients(24);
        var loops = new HashSet<int>();
        foreach (var client in clients)
        {
            var answer = await client.AskUntilAnswered();
            var it = await Explain(cluster, client);
            Assert.True(it.GetProperty("known").GetBoolean(), $"{client.Address} is not known");
            Assert.Equal(
                answer.Backend,
                it.GetProperty("primary").GetProperty("backend").GetInt32()
                    .ToString(CultureInfo.InvariantCulture));
            loops.Add(it.GetProperty("loop").GetInt32());
        }
        Assert.Equal([0, 1, 2], loops.Order());
    }

    [Theory]
    [InlineData("explain/nobody", "address: \"nobody\" is not an IPv4 address such as 192.0.2.1")]
    [InlineData("explain/::1", "address: \"::1\" is not an IPv4 address such as 192.0.2.1")]
    [InlineData("explain/127.1", "address: \"127.1\" is not an IPv4 address such as 192.0.2.1")]
    [InlineData(
        "explain/010.0.0.1", "address: \"010.0.0.1\" is not an IPv4 address such as 192.0.2.1")]
    [InlineData("explain/127.0.0.1?now=1", "unknown parameter \"now\"; none is taken here")]
    public async Task What_is_no_address_is_refused_by_name(string target, string sentence)
    {
        using var directory = new TestDirectory();
        using var control = new TestDirectory();
        var path = control["control.sock"];
        await using var balancer = await BalancerProcess.Start(
            directory.Path, "--control", path);
        await balancer.Says("control socket is open");
        using var door = new Door(path);
        var (status, body) = await door.Get(target);
        Assert.Equal((HttpStatusCode.BadRequest, sentence), (status, Door.ErrorOf(body)));
    }

    static Task<JsonElement> Explain(Cluster cluster, DnsAsker client) =>
        cluster.Door.Json($"explain/{client.Address}");

    static async Task<HttpStatusCode> Post(Cluster cluster, string target) =>
        (await cluster.Door.Post(target)).Status;

    static (int, string) Server(JsonElement it)
    {
        var server = it.GetProperty("servedBy");
        return (
            server.GetProperty("backend").GetInt32(), server.GetProperty("reason").GetString()!);
    }

    static string BecauseOf(JsonElement part) => part.GetProperty("because").GetString()!;

    static List<string> Kinds(JsonElement it) =>
        [.. it.GetProperty("events").EnumerateArray()
            .Select(e => e.GetProperty("kind").GetString()!)];
}
