using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Handover;

/// <summary>A running daemon is replaced, and nobody notices.</summary>
public sealed class UpgradeTests
{
    static readonly string[] Three = ["5301", "5302", "5303"];

    public static TheoryData<string> Loops => ["1", "2"];

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task Under_load_nothing_is_lost_and_every_client_stays(string loops)
    {
        await using var cluster = await Cluster.StartWithDoor(
            Three, "--loops", loops, "--rebalance-budget", "0");
        using var over = new CancellationTokenSource();
        // Each waits for its answer: one that was lost would end the test.
        var clients = cluster.NewClients(12);
        foreach (var client in clients)
            await client.AskUdp();
        var primaries = await Primaries(cluster);
        var asking = clients.Select(client => Ask(client, over.Token)).ToArray();
        for (var round = 0; round < 3; round++)
        {
            var before = await cluster.Totals();
            await cluster.Upgrade();
            var after = await cluster.Totals();
            // Not by who answers: on a busy machine one may be passed over for a moment.
            Assert.Equal(primaries, await Primaries(cluster));
            Assert.InRange(after.Received, before.Received, long.MaxValue);
            Assert.InRange(after.Answered, before.Answered, long.MaxValue);
        }
        await over.CancelAsync();
        var asked = await Task.WhenAll(asking);
        await Deadline.Until(
            () => cluster.Totals().Result is { InFlight: 0 } now && now.Received == now.Answered,
            "all that was received was answered");
        Assert.Equal(clients.Length + asked.Sum(), (await cluster.Totals()).Received);
    }

    [Fact]
    public async Task Counts_go_on_where_they_were()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        foreach (var client in cluster.NewClients(9))
            await client.AskUdp();
        var before = await cluster.Ask("status");
        await cluster.Upgrade();
        var after = await cluster.Ask("status");
        Assert.Equal(
            before.GetProperty("totals").ToString(), after.GetProperty("totals").ToString());
        Assert.Equal(Forwarded(before), Forwarded(after));
        await cluster.NewClient().AskUdp();
        await cluster.Upgrade();
        Assert.Equal(new(10, 10, 0), await cluster.Totals());
        var clients = await cluster.Ask("remotes?limit=100");
        Assert.Equal(10, clients.GetProperty("remotes").GetArrayLength());
    }

    [Fact]
    public async Task Pins_and_drains_hold()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        var (pinned, other) = (cluster.NewClient(), await cluster.ClientOf("5301"));
        await cluster.Door.Post($"pin?ip={pinned.Address}&backend=5303");
        await cluster.Door.Post("backends/5301/drain");
        await cluster.Upgrade();
        Assert.Equal("5303", (await pinned.AskUdp()).Backend);
        Assert.NotEqual("5301", (await other.AskUdp()).Backend);
        using var door = new Door(cluster.Door.Path);
        await door.Post("backends/5301/enable");
        Assert.Equal("5301", (await other.AskUdp()).Backend);
        Assert.Equal("5303", (await pinned.AskUdp()).Backend);
    }

    [Fact]
    public async Task A_connection_that_was_open_before_is_served_to_its_end()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        var client = cluster.NewClient();
        using var stream = await client.OpenTcp();
        var server = await AskOn(stream);
        var upgrade = cluster.Upgrade();
        // All the time: who is idle for long is cut off, by the balancer or by the server.
        while (!upgrade.IsCompleted)
            Assert.Equal(server, await AskOn(stream));
        await upgrade;
        Assert.Equal(server, await AskOn(stream));
        await client.AskTcp();
        Assert.Equal(server, await AskOn(stream));
        Assert.DoesNotContain(
            cluster.Balancer.Log.All, line => line.Message == "the process before has finished");
        stream.EndSending();
        await cluster.Balancer.Says("the process before has finished");
        await client.AskUdp();
    }

    [Fact]
    public async Task Whoever_started_it_stops_it_as_ever()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        await cluster.Upgrade();
        await cluster.Upgrade();
        Assert.False(cluster.Balancer.HasExited);
        cluster.Balancer.Send(Signal.Terminate);
        // Not before all who write to our end of its stdout have ended.
        Assert.Equal(0, await cluster.Balancer.Exit());
        Assert.False(File.Exists(cluster.Door.Path));
        Assert.Equal(
            "stopped", cluster.Balancer.Log.All[^1].Message);
    }

    [Fact]
    public async Task If_whoever_stands_in_is_killed_the_one_that_serves_ends()
    {
        await using var cluster = await Cluster.StartWithDoor(Three);
        await cluster.Upgrade();
        await cluster.Balancer.Says("the process before has finished");
        cluster.Balancer.Send(Signal.Kill);
        // The port is free for the next one.
        await cluster.Balancer.Exit();
        Assert.Equal("stopped", cluster.Balancer.Log.All[^1].Message);
    }

    static async Task<string> AskOn(WirePeer stream)
    {
        await stream.Send(WireBytes.Message(
            DnsMessage.Query(DnsAsker.NextId(), "who.test", DnsMessage.Txt)));
        return DnsMessage.Read(await stream.NextMessage()).Backend!;
    }

    static string Forwarded(System.Text.Json.JsonElement status) => string.Join(
        ' ', status.GetProperty("backends").EnumerateArray().Select(backend =>
            $"{backend.GetProperty("id")} {backend.GetProperty("answered")} "
            + $"{backend.GetProperty("remotes")}"));

    static async Task<string[]> Primaries(Cluster cluster) =>
    [
        .. (await cluster.Ask("remotes?limit=100")).GetProperty("remotes").EnumerateArray()
            .Select(remote => $"{remote.GetProperty("address")} {remote.GetProperty("primary")}")
            .Order(StringComparer.Ordinal),
    ];

    static async Task<int> Ask(DnsAsker client, CancellationToken over)
    {
        var asked = 0;
        for (; !over.IsCancellationRequested || asked == 0; asked++)
            await client.AskUdp();
        return asked;
    }
}
