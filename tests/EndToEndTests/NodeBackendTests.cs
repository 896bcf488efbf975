using System.Diagnostics;
using System.Net;
using Balancer.EndToEndTests.Support;
using DnsClient;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>The daemon in front of real node-mname processes.</summary>
public sealed class NodeBackendTests
{
    static readonly string[] Three = ["5301", "5302", "5303"];

    [Fact]
    public async Task Every_client_is_answered_rightly_and_always_by_the_same_backend()
    {
        await using var cluster = await Cluster.Start(Three);
        var clients = cluster.NewClients(12);
        var backends = new List<string>();
        foreach (var client in clients)
        {
            var first = await client.AskUdp();
            Assert.Equal(client.Address.ToString(), first.Client);
            Assert.Equal("udp", first.Transport);
            backends.Add(first.Backend);
        }
        // In turn, so evenly (S1).
        Assert.Equal([4, 4, 4], Three.Select(name => backends.Count(b => b == name)));

        for (var round = 0; round < 3; round++)
        {
            foreach (var (client, backend) in clients.Zip(backends))
            {
                Assert.Equal(backend, (await client.AskUdp()).Backend);
                var overTcp = await client.AskTcp();
                Assert.Equal(backend, overTcp.Backend);
                Assert.Equal("tcp", overTcp.Transport);
                Assert.Equal(client.Address.ToString(), overTcp.Client);
                var addresses = (await client.AskUdp(type: DnsMessage.A)).Addresses;
                Assert.Equal([IPAddress.Parse($"127.0.0.{backend[^1]}")], addresses);
            }
        }
    }

    [Fact]
    public async Task A_client_that_comes_by_tcp_first_stays_where_it_is_for_udp()
    {
        await using var cluster = await Cluster.Start(Three);
        foreach (var client in cluster.NewClients(6))
            Assert.Equal((await client.AskTcp()).Backend, (await client.AskUdp()).Backend);
    }

    [Fact]
    public async Task An_independent_resolver_gets_its_answers_over_udp_and_tcp()
    {
        await using var cluster = await Cluster.Start(Three);
        var server = new NameServer(IPAddress.Loopback, cluster.Balancer.Port);
        var resolver = new LookupClient(new LookupClientOptions(server)
        {
            UseCache = false,
            Timeout = Deadline.Patience,
            ExtendedDnsBufferSize = 4096,
        });
        var tcpResolver = new LookupClient(new LookupClientOptions(server)
        {
            UseCache = false,
            Timeout = Deadline.Patience,
            UseTcpOnly = true,
        });
        foreach (var client in (LookupClient[])[resolver, tcpResolver])
        {
            var token = TestContext.Current.CancellationToken;
            var who = await client.QueryAsync("who.test", QueryType.TXT, cancellationToken: token);
            Assert.False(who.HasError, who.ErrorMessage);
            Assert.Contains("client=127.0.0.1", who.Answers.TxtRecords().Single().Text.Single(),
                StringComparison.Ordinal);
            var big = await client.QueryAsync("big.test", QueryType.TXT, cancellationToken: token);
            Assert.False(big.HasError, big.ErrorMessage);
            Assert.InRange(big.MessageSize, 1400, 1500);
            Assert.Equal(7, big.Answers.TxtRecords().Count());
        }
    }

    [Fact]
    public async Task Answers_of_1400_bytes_come_whole()
    {
        await using var cluster = await Cluster.Start("5301");
        foreach (var client in cluster.NewClients(5))
        {
            var big = await client.AskUdp("big.test", ednsSize: 4096);
            Assert.InRange(big.Length, 1400, 1500);
            Assert.False(big.Truncated);
            Assert.Equal(new string('5', 208), big.Texts[^1]);
            Assert.Equal(big.Texts[1..], (await client.AskTcp("big.test")).Texts[1..]);
        }
    }

    [Fact]
    public async Task A_tcp_client_that_half_closes_gets_its_answer()
    {
        await using var cluster = await Cluster.Start(Three);
        foreach (var client in cluster.NewClients(6))
        {
            var reply = await client.AskTcp(halfCloses: true);
            Assert.Equal("tcp", reply.Transport);
            Assert.Equal(reply.Backend, (await client.AskUdp()).Backend);
        }
    }

    [Fact]
    public async Task Pipelined_queries_over_tcp_are_answered_as_they_are_ready()
    {
        await using var cluster = await Cluster.Start("5301");
        using var stream = await cluster.NewClient().OpenTcp();
        await stream.Send((byte[])
        [
            .. WireBytes.Message(DnsMessage.Query(1, "slow-500.test")),
            .. WireBytes.Message(DnsMessage.Query(2, "who.test")),
        ]);
        Assert.Equal(2, DnsMessage.Read(await stream.NextMessage()).Id);
        Assert.Equal(1, DnsMessage.Read(await stream.NextMessage()).Id);
    }

    [Fact]
    public async Task A_killed_backends_clients_move_and_the_restarted_one_is_used_in_a_second()
    {
        await using var cluster = await Cluster.Start(Three);
        var clients = cluster.NewClients(12);
        var before = new Dictionary<DnsAsker, string>();
        foreach (var client in clients)
            before[client] = (await client.AskUdp()).Backend;

        var mark = cluster.Balancer.Log.Count;
        await cluster["5302"].Kill();
        await cluster.Balancer.SaysOf("5302",
            ["backend faulted (reset and reconnect)", "backend socket EOF"], mark);
        foreach (var client in clients)
        {
            var backend = (await client.AskUdp()).Backend;
            Assert.NotEqual("5302", backend);
            if (before[client] != "5302")
                Assert.Equal(before[client], backend);
            Assert.Equal(backend, (await client.AskTcp()).Backend);
        }

        mark = cluster.Balancer.Log.Count;
        await cluster.StartNode("5302");
        var sinceReady = Stopwatch.StartNew();
        await cluster.Balancer.SaysOf("5302", "backend socket established", mark);
        await cluster.ClientOf("5302");
        Assert.InRange(sinceReady.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));

        // Its own clients come back to it, and nobody else moves.
        foreach (var client in clients)
            await Asks(client, until: before[client]);
    }

    [Fact]
    public async Task A_killed_backend_loses_no_query_that_comes_after_its_death_is_known()
    {
        await using var cluster = await Cluster.Start("5301", "5302");
        var client = await cluster.ClientOf("5302");
        var mark = cluster.Balancer.Log.Count;
        await cluster["5302"].Kill();
        await cluster.Balancer.SaysOf("5302",
            ["backend faulted (reset and reconnect)", "backend socket EOF"], mark);
        for (var i = 0; i < 100; i++)
            Assert.Equal("5301", (await client.AskUdp()).Backend);
    }

    [Fact]
    public async Task A_frozen_backend_is_noticed_and_its_clients_move_until_it_thaws()
    {
        await using var cluster = await Cluster.Start("5301", "5302");
        var client = await cluster.ClientOf("5302");
        var mark = cluster.Balancer.Log.Count;
        cluster["5302"].Freeze();
        // After 15 s at the latest (M7).
        await cluster.Balancer.SaysOf("5302",
            ["no heartbeat from backend", "backend faulted (reset and reconnect)"], mark);
        Assert.Equal("5301", (await client.AskUntilAnswered()).Backend);
        Assert.Equal("5301", (await client.AskTcp()).Backend);

        cluster["5302"].Thaw();
        await cluster.Balancer.SaysOf("5302", "backend socket established", mark);
        await Asks(client, until: "5302");
    }

    [Fact]
    public async Task A_fourth_backend_is_found_when_its_socket_appears()
    {
        await using var cluster = await Cluster.Start(Three);
        foreach (var client in cluster.NewClients(3))
            await client.AskUdp();
        await cluster.StartNode("5304");
        await cluster.Balancer.SaysOf("5304", "new backend");
        await cluster.Balancer.SaysOf("5304", "backend socket established");
        var backends = new List<string>();
        foreach (var client in cluster.NewClients(8))
            backends.Add((await client.AskUdp()).Backend);
        Assert.Equal(2, backends.Count(backend => backend == "5304"));
    }

    [Fact]
    public async Task While_no_backend_is_up_the_daemon_says_so_and_serves_as_soon_as_one_is()
    {
        await using var cluster = await Cluster.Start();
        var client = cluster.NewClient();
        using (var unheard = client.OpenUdp())
            unheard.Send(DnsMessage.Query(1, "who.test"));
        await cluster.Balancer.Says("no backends available");
        await cluster.StartNode("5301");
        await cluster.Balancer.IsServedBy("5301");
        Assert.Equal("5301", (await client.AskUdp()).Backend);
    }

    static async Task Asks(DnsAsker client, string until)
    {
        var patience = Stopwatch.StartNew();
        while ((await client.AskUdp()).Backend != until)
            Assert.True(patience.Elapsed < Deadline.Patience, $"{client.Address} is not back");
    }
}
