using System.Net.Sockets;
using System.Text;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>What the network may send: nothing ends the daemon or costs others a thing.</summary>
public sealed class BadTrafficTests
{
    [Fact]
    public async Task Garbage_on_the_tcp_port_costs_only_its_own_connection()
    {
        await using var cluster = await Cluster.Start("5301");
        var (rude, polite) = (cluster.NewClient(), cluster.NewClient());
        var random = new Random(20_261);
        foreach (var garbage in (byte[][])
        [
            Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: dns\r\n\r\n"),
            [0],
            [0, 0, 0, 0],
            [.. Enumerable.Repeat((byte)255, 66_000)],
            Random(random, 100),
            Random(random, 60_000),
        ])
        {
            using var stream = await rude.OpenTcp();
            stream.SendWhatFits(garbage);
            Assert.Equal("tcp", (await polite.AskTcp()).Transport);
            Assert.Equal("udp", (await polite.AskUdp()).Transport);
        }
        Assert.Equal("tcp", (await rude.AskTcp()).Transport);
        Assert.False(cluster.Balancer.HasExited);
    }

    [Fact]
    public async Task A_tcp_client_that_resets_or_leaves_at_once_costs_nobody_anything()
    {
        await using var cluster = await Cluster.Start("5301");
        var client = cluster.NewClient();
        for (var i = 0; i < 50; i++)
        {
            using var resetting = await client.OpenTcp();
            resetting.ResetOnDispose();
            (await client.OpenTcp()).Dispose();
            using var ending = await client.OpenTcp();
            ending.EndSending();
            await ending.ExpectEnd();
        }
        Assert.Equal("tcp", (await client.AskTcp()).Transport);
    }

    [Fact]
    public async Task Empty_and_oversized_datagrams_do_no_harm()
    {
        await using var cluster = await Cluster.Start("5301");
        var client = cluster.NewClient();
        using (var socket = client.OpenUdp())
        {
            foreach (var size in (int[])[0, 1, 11, 1_500, 1_501, 2_048, 9_000, 65_507])
                Assert.Equal(size, await socket.SendAsync(new byte[size]).Within("a datagram"));
        }
        Assert.Equal("udp", (await client.AskUdp()).Transport);

        // What was too large is in the statistics.
        cluster.Balancer.Send(Signal.User1);
        await cluster.Balancer.Log.WaitFor(
            line => line.Raw.Contains("oversize", StringComparison.OrdinalIgnoreCase),
            "statistics that tell of oversized datagrams");
    }

    [Fact]
    public async Task Random_datagrams_by_the_thousand_do_no_harm()
    {
        await using var cluster = await Cluster.Start("5301", "5302");
        var random = new Random(20_262);
        foreach (var client in cluster.NewClients(4))
        {
            using var socket = client.OpenUdp();
            for (var i = 0; i < 500; i++)
                await socket.SendAsync(Random(random, random.Next(0, 600))).Within("a datagram");
            Assert.Equal("udp", (await client.AskUdp()).Transport);
        }
        Assert.False(cluster.Balancer.HasExited);
    }

    [Fact]
    public async Task A_client_that_never_reads_does_not_hold_up_others()
    {
        await using var cluster = await Cluster.Start("5301");
        var (deaf, other) = (cluster.NewClient(), cluster.NewClient());
        using var stream = await deaf.OpenTcp();
        var query = WireBytes.Message(DnsMessage.Query(7, "big.test"));
        var many = Enumerable.Repeat(query, 4_000).SelectMany(bytes => bytes).ToArray();
        stream.SendWhatFits(many);
        for (var i = 0; i < 20; i++)
            Assert.Equal("tcp", (await other.AskTcp()).Transport);
    }

    static byte[] Random(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
