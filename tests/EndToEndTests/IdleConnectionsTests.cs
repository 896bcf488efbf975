using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Balancer.Backend;
using Balancer.Daemon.Native;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>Takes most descriptors of the process: nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(IdleConnectionsTests), DisableParallelization = true)]
public class IdleConnectionsAlone;

/// <summary>
/// Clients that connect and say nothing cost nobody else an answer (W3, W4). Up to 10,000 of them:
/// as many as this machine gives descriptors for, of which each takes one here, one in the backend,
/// which is here too, and two in the balancer.
/// </summary>
[Collection(nameof(IdleConnectionsTests))]
public sealed class IdleConnectionsTests : IDisposable
{
    const int Kept = 2_000;

    readonly TestDirectory _directory = new();
    readonly BackendServer _server;
    readonly IDisposable _answering;
    readonly List<Socket> _idle = [];

    public IdleConnectionsTests()
    {
        _server = BackendServer.Listen(_directory["5301"], new()
        {
            MaxConnections = 100_000,
            IdleAfter = Deadline.Patience,
        });
        _answering = _server.Queries.Subscribe(query =>
        {
            var answer = query.Message.ToArray();
            answer[2] |= 0x80;
            query.Answer(answer);
        });
    }

    public void Dispose()
    {
        _idle.ForEach(socket => socket.Dispose());
        _answering.Dispose();
        _server.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Ten_thousand_idle_connections_cost_nobody_else_an_answer() // W3, W4
    {
        LibC.GetOpenFilesLimit(out var limit).OrThrow("getrlimit");
        var free = (int)Math.Min(limit.Soft, 1_000_000) - Kept;
        var each = Math.Clamp(free / 2 / 100, 1, 100);
        TestContext.Current.TestOutputHelper?.WriteLine($"{100 * each} idle connections");
        await using var balancer = await Start();

        using var asking = new UdpAskers(balancer);
        for (var client = 1; client <= 100; client++)
        {
            Connect(balancer, client, each);
            // The listener's queue is in order: once this one is served, all before it are in.
            await balancer.Client(Address(client)).AskTcp();
        }
        Assert.InRange(await asking.AllAnswered(100), 400, int.MaxValue);

        var told = await Statistics(balancer);
        Assert.Equal(100 * each + 100, told("tcp_accepted"));
        Assert.Equal((0, 0), (told("tcp_gave_way"), told("tcp_too_many")));
    }

    [Fact]
    public async Task When_they_take_all_the_room_the_idlest_gives_way_to_who_asks() // W3
    {
        await using var balancer = await Start("--max-tcp", "500");
        using var asking = new UdpAskers(balancer);
        for (var client = 1; client <= 10; client++)
        {
            Connect(balancer, client, 100);
            await ServedInTheEnd(balancer.Client(Address(client)));
        }
        Assert.InRange(await asking.AllAnswered(100), 400, int.MaxValue);

        var told = await Statistics(balancer);
        Assert.InRange(told("tcp_open"), 1, 500);
        // On a machine so slow that ten seconds have passed, the silent have been ended by then.
        Assert.InRange(told("tcp_gave_way") + told("tcp_first_byte_late"), 1, 1_000);
    }

    [Fact]
    public async Task One_client_cannot_take_all_the_room() // W3
    {
        await using var balancer = await Start("--max-tcp-per-client", "50");
        Connect(balancer, 1, 200);
        await balancer.Client(Address(2)).AskTcp();

        var told = await Statistics(balancer);
        Assert.Equal(150, told("tcp_too_many_of_client"));
        Assert.Equal(201, told("tcp_accepted"));
    }

    // In more than one /24, of which none has too many.
    static string Address(int client) => $"127.6.{client % 7}.{client}";

    async Task<BalancerProcess> Start(params string[] more)
    {
        var balancer = await BalancerProcess.Start(_directory.Path, ["-l", "info", .. more]);
        await balancer.IsServedBy("5301");
        return balancer;
    }

    void Connect(BalancerProcess balancer, int client, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            _idle.Add(socket);
            socket.Bind(new IPEndPoint(IPAddress.Parse(Address(client)), 0));
            try
            {
                socket.Connect(IPAddress.Loopback, balancer.Port);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
            {
                // Refused before this call came back; it counts as accepted all the same.
            }
        }
    }

    // Nobody gives way before he has been idle for a second; until then the newest is refused.
    static async Task ServedInTheEnd(DnsAsker client)
    {
        var patience = Stopwatch.StartNew();
        while (patience.Elapsed < Deadline.Patience)
        {
            try
            {
                await client.AskTcp();
                return;
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Refused; asked again.
            }
        }
        Assert.Fail($"{client.Address} is not served");
    }

    static async Task<Func<string, int>> Statistics(BalancerProcess balancer)
    {
        balancer.Send(Signal.User1);
        var line = await balancer.Says("TCP statistics");
        return name => int.Parse(line[name]!, CultureInfo.InvariantCulture);
    }

    /// <summary>Clients that ask over UDP one question after the other, until stopped.</summary>
    sealed class UdpAskers : IDisposable
    {
        readonly CancellationTokenSource _stop = new();
        readonly Task<int>[] _asking;
        int _least;

        public UdpAskers(BalancerProcess balancer) => _asking =
        [
            .. Enumerable.Range(1, 4).Select(
                i => Task.Run(() => Ask(balancer.Client($"127.7.0.{i}")))),
        ];

        /// <summary>
        /// How many were answered, once each has asked so many; fails if one was not.
        /// </summary>
        public async Task<int> AllAnswered(int least)
        {
            _least = least;
            await _stop.CancelAsync();
            return (await Task.WhenAll(_asking)).Sum();
        }

        public void Dispose() => _stop.Dispose();

        async Task<int> Ask(DnsAsker client)
        {
            var asked = 0;
            while (!_stop.IsCancellationRequested || asked < _least)
            {
                await client.AskUdp();
                asked++;
            }
            return asked;
        }
    }
}
