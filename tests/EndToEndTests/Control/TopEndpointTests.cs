using System.Net;
using System.Text.Json;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>Who asks most, of a running daemon.</summary>
public sealed class TopEndpointTests
{
    [Fact]
    public async Task Top_counts_those_who_ask_while_it_looks_and_agrees_with_the_status()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var (busy, calm) = (cluster.NewClient(), cluster.NewClient());
        await busy.AskUdp();

        // It begins to look some time after it was asked, so some may come too early.
        var looking = cluster.Door.Json("top?for=2s");
        var (asked, rounds) = (1L, 0);
        for (; !looking.IsCompleted; rounds++, asked += 3)
        {
            await busy.AskUdp();
            await busy.AskUdp();
            await calm.AskUdp();
        }
        var top = await looking;

        var clients = top.GetProperty("clients").EnumerateArray().ToArray();
        Assert.Equal(
            [$"{busy.Address}", $"{calm.Address}"],
            clients.Select(client => client.GetProperty("client").GetString()));
        Assert.InRange(Long(clients[0], "count"), 1, 2 * rounds);
        Assert.Equal(Long(top, "datagrams"), clients.Sum(client => Long(client, "count")));
        Assert.Equal(0, Long(top, "clientsError"));
        var backend = Assert.Single(top.GetProperty("backends").EnumerateArray());
        Assert.Equal(Long(top, "datagrams"), Long(backend, "answered"));
        Assert.True(backend.GetProperty("p99Ms").GetDouble() > 0);
        Assert.InRange(top.GetProperty("slowest").GetArrayLength(), 1, 10);
        Assert.True(asked > Long(top, "datagrams"));
    }

    [Fact]
    public async Task The_fifth_at_a_time_is_refused()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var five = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => cluster.Door.Get("top?for=3s")));
        var refused = Assert.Single(five, one => one.Status == HttpStatusCode.TooManyRequests);
        Assert.StartsWith("4 are counting already", Door.ErrorOf(refused.Body));
        Assert.Equal(4, five.Count(one => one.Status == HttpStatusCode.OK));
    }

    static long Long(JsonElement of, string name) => of.GetProperty(name).GetInt64();
}
