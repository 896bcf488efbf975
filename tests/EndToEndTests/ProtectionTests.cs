using System.Net.Sockets;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>Who may ask, and how much: on the real binary, with real clients.</summary>
public sealed class ProtectionTests : IDisposable
{
    const string Name = "who.test";

    readonly TestDirectory _directory = new();
    readonly BackendServer _server;
    readonly IDisposable _answering;

    public ProtectionTests()
    {
        _server = BackendServer.Listen(_directory["5301"]);
        _answering = _server.Queries.Subscribe(
            query => query.Answer(Answer(query.Message.ToArray(), flags: 0x81)));
    }

    public void Dispose()
    {
        _answering.Dispose();
        _server.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_client_over_the_limit_is_sent_to_TCP_and_served_there()
    {
        // More than a second's worth, however slow the machine.
        const int asked = 50;
        await using var balancer = await Start("--rate-limit", "1", "--rate-slip", "1");
        var client = balancer.Client("127.0.0.2");
        var queries = Enumerable.Range(0, asked)
            .Select(_ => DnsAsker.NextId())
            .ToDictionary(id => id, id => DnsMessage.Query(id, Name));
        using var socket = client.OpenUdp();
        foreach (var query in queries.Values)
            await socket.SendAsync(query);

        var truncated = 0;
        var buffer = new byte[2_048];
        while (queries.Count > 0)
        {
            var length = await socket.ReceiveAsync(buffer).Within("an answer or TC = 1");
            var reply = DnsMessage.Read(buffer.AsSpan(..length));
            Assert.True(queries.Remove(reply.Id, out var asking), "one answer to each query");
            var flags = (byte)(reply.Truncated ? 0x83 : 0x81);
            Assert.Equal(Answer(asking, flags), buffer[..length]);
            truncated += reply.Truncated ? 1 : 0;
        }
        Assert.InRange(truncated, 1, asked - 1);
        Assert.False((await client.AskTcp()).Truncated);
        Assert.False((await balancer.Client("127.0.9.2").AskUdp()).Truncated);

        balancer.Send(Signal.User1);
        var all = await balancer.Says("statistics");
        Assert.Equal($"{truncated}", all["slipped"]);
        Assert.Equal($"{asked + 1 - truncated}", all["answered"]);
        Assert.Equal("0", all["rate_limited"]);
    }

    [Fact]
    public async Task Clients_outside_the_allowed_networks_are_dropped_and_reset()
    {
        await using var balancer = await Start("--allow", "127.0.0.0/24", "--allow", "127.7.7.7");
        var outside = balancer.Client("127.0.1.1");
        using var unheard = outside.OpenUdp();
        await unheard.SendAsync(DnsMessage.Query(1, Name));
        var cut = await Record.ExceptionAsync(() => outside.AskTcp());
        Assert.True(cut is SocketException or IOException, $"{cut}");

        foreach (var inside in (string[])["127.0.0.2", "127.7.7.7"])
        {
            await balancer.Client(inside).AskUdp();
            await balancer.Client(inside).AskTcp();
        }
        Assert.Equal(0, unheard.Available);

        balancer.Send(Signal.User1);
        var all = await balancer.Says("statistics");
        Assert.Equal("3", all["received"]);
        Assert.Equal("1", all["not_allowed"]);
        Assert.Equal("2", all["remotes"]);
        Assert.Equal("1", (await balancer.Says("TCP statistics"))["tcp_not_allowed"]);
    }

    async Task<BalancerProcess> Start(params string[] arguments)
    {
        var balancer = await BalancerProcess.Start(_directory.Path, arguments);
        await balancer.IsServedBy("5301");
        return balancer;
    }

    static byte[] Answer(byte[] query, byte flags)
    {
        query[2] = flags;
        return query;
    }
}
