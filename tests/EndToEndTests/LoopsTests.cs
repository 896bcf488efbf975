using System.Collections.Concurrent;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>Several loops on one port: own sessions for each, one loop for each client.</summary>
public sealed class LoopsTests : IDisposable
{
    const int Clients = 100;

    readonly TestDirectory _directory = new();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task W23_Every_client_meets_one_loop_from_whichever_port_it_asks(int loops)
    {
        var met = new ConcurrentDictionary<ClientAddress, ConcurrentBag<WirePeer>>();
        using var backend = new RogueBackend(_directory["5301"], peer => Answer(peer, met));
        await using var balancer = await Start(loops);

        for (var round = 0; round < 3; round++)
            await Task.WhenAll(Addresses.Select(client => balancer.Client(client).AskUdp()));

        Assert.Equal(Clients, met.Count);
        Assert.All(met.Values, sessions => Assert.Equal(3, sessions.Count));
        Assert.All(met.Values, sessions => Assert.Single(sessions.Distinct()));
        var shares = met.Values.GroupBy(sessions => sessions.First()).Select(Enumerable.Count);
        Assert.Equal(loops, shares.Count());
        // An even deal, give or take what chance does.
        Assert.All(shares, share => Assert.InRange(share, Clients / loops / 3, Clients));
    }

    [Fact]
    public async Task A_client_is_one_remote_to_UDP_and_TCP_and_the_statistics_are_of_all_loops()
    {
        using var server = BackendServer.Listen(_directory["5301"]);
        using var answering = server.Queries.Subscribe(
            query => query.Answer(AnswerTo(query.Message.ToArray())));
        await using var balancer = await Start(loops: 2);

        foreach (var client in Addresses)
        {
            await balancer.Client(client).AskUdp();
            await balancer.Client(client).AskTcp();
        }
        balancer.Send(Signal.User1);

        var all = await balancer.Says("statistics");
        Assert.Equal($"{Clients}", all["received"]);
        Assert.Equal($"{Clients}", all["answered"]);
        Assert.Equal($"{Clients}", all["remotes"]);
        Assert.Equal("1", all["backends_live"]);
        Assert.Equal($"{Clients}", (await balancer.Says("TCP statistics"))["tcp_accepted"]);
        var backend = await balancer.Says("backend statistics");
        Assert.Equal($"{Clients}", backend["remotes"]);
        Assert.Equal("live", backend["state"]);
        await balancer.Log.WaitFor(
            line => line.Message == "remote statistics" && line["udp"] == "1", "a remote");

        balancer.Send(Signal.Terminate);
        Assert.Equal(0, await balancer.Exit());
        Assert.Single(balancer.Log.All, line => line.Message == "stopping");
        Assert.Empty(balancer.Errors);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    public async Task W27_A_second_instance_cannot_join_the_group(int first, int second)
    {
        await using var balancer = await BalancerProcess.Start(
            _directory.Path, "--loops", $"{first}");
        await using var other = BalancerProcess.Run(
        [
            "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{balancer.Port}",
            "--loops", $"{second}",
        ]);
        Assert.Equal(1, await other.Exit());
        Assert.Equal(
            $"balancer: --port {balancer.Port}: in use (UDP on 127.0.0.1) by balancer "
                + $"(pid {balancer.Id}, user {Environment.UserName})",
            Assert.Single(other.Errors.All));
    }

    public void Dispose() => _directory.Dispose();

    static IEnumerable<string> Addresses =>
        Enumerable.Range(1, Clients).Select(i => $"127.4.{i % 7}.{i}");

    async Task<BalancerProcess> Start(int loops)
    {
        var balancer = await BalancerProcess.Start(_directory.Path, "--loops", $"{loops}");
        for (var i = 0; i < loops; i++)
        {
            var loop = $"{i}";
            await balancer.Log.WaitFor(
                line => line.Message == "backend socket established" && line["loop"] == loop,
                $"a session of loop {loop}");
        }
        return balancer;
    }

    static async Task Answer(
        WirePeer session, ConcurrentDictionary<ClientAddress, ConcurrentBag<WirePeer>> met)
    {
        while (true)
        {
            var frame = await session.NextFrame();
            switch (frame.Type)
            {
                case FrameType.ClientHello:
                    await session.Send(WireBytes.Bare(FrameType.ServerHello));
                    break;
                case FrameType.ClientHeartbeat:
                    await session.Send(WireBytes.Bare(FrameType.ServerHeartbeat));
                    break;
                default:
                    met.GetOrAdd(frame.Client.Address, _ => []).Add(session);
                    await session.Send(WireBytes.Datagram(
                        FrameType.OutboundUdp, frame.Client, AnswerTo(frame.Data)));
                    break;
            }
        }
    }

    static byte[] AnswerTo(byte[] query)
    {
        query[2] |= 0x80;
        return query;
    }
}
