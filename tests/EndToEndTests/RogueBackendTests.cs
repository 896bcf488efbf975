using System.Net;
using Balancer.Backend;
using Balancer.Daemon.Demo;
using Balancer.EndToEndTests.Support;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>
/// What a backend may do wrong: the daemon says so, and its clients are served by the good one.
/// </summary>
public sealed class RogueBackendTests
{
    const string Good = "5301", Rogue = "5302";

    static readonly string[] Faults =
    [
        "invalid frame type", "errant frame before hello", "duplicate hello from backend",
        "unexpected heartbeat response from backend", "backend sent oversized UDP packet",
        "backend socket EOF", "backend socket error", "backend faulted (reset and reconnect)",
        "failed to connect",
    ];

    public static TheoryData<string, byte[]> Wrong => new()
    {
        { "garbage in place of a hello", "HTTP/1.1 400 Bad Request\r\n"u8.ToArray() },
        { "garbage after the hello", [.. Hello, .. "no frame at all"u8] },
        { "a second hello", [.. Hello, .. Hello] },
        { "a heartbeat nobody asked for", [.. WireBytes.Bare(FrameType.ServerHeartbeat)] },
        { "a frame only balancers send", [.. Hello, .. WireBytes.Bare(FrameType.ClientHello)] },
        { "an oversized datagram", [.. Hello, .. Outbound[..12], 0xDD, 0x05, 0, 0] },
        { "a datagram of 4 GiB", [.. Hello, .. Outbound[..12], 255, 255, 255, 255] },
    };

    static byte[] Hello => WireBytes.Bare(FrameType.ServerHello);

    static byte[] Outbound => WireBytes.Datagram(
        FrameType.OutboundUdp, WireBytes.Client("127.0.0.99", 9), [1, 2, 3]);

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_backend_that_says_what_it_must_not_is_faulted(string what, byte[] said)
    {
        await IsFaulted(what, async peer =>
        {
            await peer.Send(said);
            await RogueBackend.Silent(peer);
        });
    }

    [Fact]
    public Task A_backend_that_closes_at_once_is_faulted() =>
        IsFaulted("it closes", RogueBackend.Closing);

    [Fact]
    public async Task A_backend_that_never_says_hello_is_given_up_in_the_end()
    {
        using var directory = new TestDirectory();
        using var good = Serve(directory[Good]);
        using var rogue = new RogueBackend(directory[Rogue], RogueBackend.Silent);
        await using var balancer = await BalancerProcess.Start(directory.Path);
        await balancer.IsServedBy(Good);
        await balancer.SaysOf(Rogue, "backend socket connected");
        await ServesAll(balancer);

        // After 30 s (M5).
        await balancer.SaysOf(
            Rogue, ["timed out connecting to backend"], patience: TimeSpan.FromSeconds(90));
        await ServesAll(balancer);
    }

    [Fact]
    public async Task An_answer_that_nobody_asked_for_is_passed_to_nobody()
    {
        using var directory = new TestDirectory();
        using var good = Serve(directory[Good]);
        await using var balancer = await BalancerProcess.Start(directory.Path);
        await balancer.IsServedBy(Good);

        using var socket = balancer.Client("127.2.0.1").OpenUdp();
        var port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        var forged = DnsMessage.Query(666, "forged.test");
        forged[2] |= 0x80;
        using var rogue = new RogueBackend(directory[Rogue], RogueBackend.HelloAnd(
            WireBytes.Datagram(
                FrameType.OutboundUdp, WireBytes.Client("127.2.0.1", port), forged)));
        await balancer.IsServedBy(Rogue);

        await socket.SendAsync(DnsMessage.Query(1, "who.test"));
        await socket.SendAsync(DnsMessage.Query(2, "who.test"));
        var buffer = new byte[2048];
        foreach (var _ in (int[])[1, 2])
        {
            var length = await socket.ReceiveAsync(buffer).Within("an answer");
            Assert.NotEqual(666, DnsMessage.Read(buffer.AsSpan(..length)).Id);
        }
    }

    [Fact]
    public async Task What_is_not_a_socket_does_not_become_a_backend()
    {
        using var directory = new TestDirectory();
        using var good = Serve(directory[Good]);
        File.WriteAllText(directory["5302"], "a file");
        Directory.CreateDirectory(directory["5303"]);
        File.WriteAllText(directory[".hidden"], "another");
        await using var balancer = await BalancerProcess.Start(directory.Path);
        await balancer.IsServedBy(Good);
        await ServesAll(balancer);
        Assert.DoesNotContain(balancer.Log.All, line =>
            line.Message == "new backend" && Path.GetFileName(line["be_path"]) != Good);
    }

    [Fact]
    public async Task A_half_closing_client_gets_an_answer_that_takes_its_time()
    {
        using var directory = new TestDirectory();
        using var server = BackendServer.Listen(directory[Good]);
        using var queries = new Arrivals<Query>(server.Queries);
        await using var balancer = await BalancerProcess.Start(directory.Path);
        await balancer.IsServedBy(Good);

        using var stream = await balancer.Client("127.2.0.1").OpenTcp();
        await stream.Send(WireBytes.Message(DnsMessage.Query(1, "who.test")));
        stream.EndSending();
        var query = await queries.Next();
        var another = balancer.Client("127.2.0.2").AskUdp();
        Answer(await queries.Next());
        await another;
        Answer(query);
        Assert.Equal(1, DnsMessage.Read(await stream.NextMessage()).Id);
        await stream.ExpectEnd();
    }

    static async Task IsFaulted(string what, Func<WirePeer, Task> script)
    {
        using var directory = new TestDirectory();
        using var good = Serve(directory[Good]);
        using var rogue = new RogueBackend(directory[Rogue], script);
        await using var balancer = await BalancerProcess.Start(directory.Path);
        await balancer.IsServedBy(Good);
        var line = await balancer.SaysOf(Rogue, Faults);
        Assert.True(line.Level >= 30, $"{what}: {line}");
        await ServesAll(balancer);
        Assert.False(balancer.HasExited);
    }

    /// <summary>Many clients, so that some of them would fall to the rogue.</summary>
    static async Task ServesAll(BalancerProcess balancer)
    {
        for (var i = 1; i <= 8; i++)
        {
            var client = balancer.Client($"127.2.0.{i}");
            Assert.Equal(Good, (await client.AskUntilAnswered()).Backend);
            Assert.Equal(Good, (await client.AskTcpUntilAnswered()).Backend);
        }
    }

    static BackendServer Serve(string path)
    {
        var server = BackendServer.Listen(path);
        server.Queries.Subscribe(Answer);
        return server;
    }

    static void Answer(Query query)
    {
        var text = $"backend={Good} client={query.Client.Address} transport=any";
        if (DemoAnswers.To(query.Message.Span, text, IPAddress.Loopback) is { } answer)
            query.Answer(answer);
        else
            query.Decline();
    }
}
