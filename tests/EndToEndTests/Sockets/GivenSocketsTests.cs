using System.Net;
using System.Reactive.Subjects;
using System.Runtime.InteropServices;
using Balancer.Backend;
using Balancer.Daemon;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.EndToEndTests.Native;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Sockets;

// Listeners that somebody else has bound, and goes on holding.
public sealed partial class GivenSocketsTests : IDisposable
{
    const int Early = 20, Late = 30;

    readonly TestDirectory _directory = new();
    readonly Scratch _scratch = new();
    readonly int _port = FreePort.Take();

    public void Dispose()
    {
        _scratch.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(1, 2)]
    public async Task What_comes_while_nobody_reads_is_answered_by_who_is_given_the_sockets_next(
        int given, int loops)
    {
        using var backend = BackendServer.Listen(_directory["5301"]);
        using var answering = backend.Queries.Subscribe(
            query => query.Answer(AnswerTo(query.Message.ToArray())));
        var holder = Enumerable.Range(0, given)
            .SelectMany(_ => new[] { Bound(udp: true, given > 1), Bound(udp: false, given > 1) })
            .ToArray();
        for (var life = 0; life < 2; life++)
        {
            // Nobody reads; what comes is kept for the next, unless it is for a socket that only
            // the last one had.
            var waiting = life == 0 || given == loops ? Ask(Early, 10 + life) : [];
            using var daemon = Serving(holder, loops);
            using var stops = new Subject<TimeSpan?>();
            var serving = new TaskCompletionSource();
            var running = Task.Factory.StartNew(
                () => daemon.Run(stops, serving.SetResult), TaskCreationOptions.LongRunning);
            try
            {
                await serving.Task.Within("all loops' begin");
                await Task.WhenAll(waiting);
                // Who came before there was a program to deal clients out may be known to two.
                var before = await Remotes(daemon);
                for (var again = 0; again < 3; again++)
                    await Task.WhenAll(Ask(Late, 20));
                Assert.Equal(Late, await Remotes(daemon) - before);
            }
            finally
            {
                stops.OnNext(null);
                Assert.True(await running.Within("the end"));
            }
        }
    }

    [Fact]
    public void They_are_not_inherited_do_not_block_and_lose_no_room()
    {
        var udp = Bound(udp: true);
        LibC.SetSockOpt(udp, SockOption.ReceiveBufferForce, 16 << 20);
        LibC.GetSockOpt(udp, SockOption.ReceiveBuffer, out int before).OrThrow("getsockopt");
        var tcp = Bound(udp: false);
        using (Serving([udp, tcp], loops: 1))
        {
            // Of what is one's own, the flags of the descriptor are one's own; those of the
            // socket are everybody's.
            Assert.Equal(Errno.EAGAIN, LibC.Recv(udp, new byte[1], MsgFlags.None).Error);
            Assert.Equal(Errno.EAGAIN, LibC.Accept(tcp).Error);
        }
        LibC.GetSockOpt(udp, SockOption.ReceiveBuffer, out int after).OrThrow("getsockopt");
        Assert.True(after >= before);

        var given = dup(udp);
        GivenSocket.Of(new(given));
        Assert.Equal(LibC.DescriptorCloseOnExec, LibC.DescriptorFlags(given).Value);
        LibC.Close(given);
    }

    [Theory]
    [InlineData("closed", "descriptor 999: EBADF (Bad file descriptor)")]
    [InlineData("file", "descriptor N (dns): not a socket")]
    [InlineData("unix", "descriptor N (dns): neither UDP nor TCP of IPv4")]
    [InlineData("deaf", "descriptor N (dns): a TCP socket that does not listen")]
    [InlineData("unbound", "descriptor N (dns): not bound to a port")]
    [InlineData("alone", "1 UDP on 127.0.0.1 handed over, but 0 TCP on 127.0.0.1: "
        + "there must be as many of each")]
    [InlineData("twice", "descriptor N (dns): the same socket as descriptor M")]
    public void What_cannot_be_served_from_is_told_in_a_sentence(string what, string sentence)
    {
        var first = dup(Bound(udp: true));
        GivenDescriptor[] given = what switch
        {
            "closed" => [new(999)],
            "file" => [new(LibC.OpenNull().Value, "dns")],
            "unix" => [new(LibC.Socket(SockDomain.Unix, SockType.Stream).Value, "dns")],
            "deaf" => [new(LibC.Socket(SockDomain.Inet, SockType.Stream).Value, "dns")],
            "unbound" => [new(LibC.Socket(SockDomain.Inet, SockType.Datagram).Value, "dns")],
            "alone" => [],
            _ => [new(dup(first), "dns")],
        };
        var error = Assert.Throws<GivenSocketsException>(
            () => GivenSockets.Of([new(first), .. given]));
        var last = given.LastOrDefault().Fd;
        Assert.Equal(
            sentence.Replace("N", $"{last}", StringComparison.Ordinal)
                .Replace("M", $"{first}", StringComparison.Ordinal),
            error.Message);
    }

    [Fact]
    public void Two_ports_more_sockets_than_loops_and_others_than_asked_for_are_refused()
    {
        var elsewhere = FreePort.Take();
        var (udp, tcp) = (Bound(udp: true, shared: true), Bound(udp: false, shared: true));
        var other = Bound(udp: false, port: elsewhere);
        Assert.Equal(
            $"descriptor D: on port {elsewhere}, but descriptor D is on port {_port}: "
            + "one port serves all",
            Refusal(() => Given(udp, other)));
        using var given = Given(
            udp, tcp, Bound(udp: true, shared: true), Bound(udp: false, shared: true));
        var options = new DaemonOptions();
        Assert.Equal(
            "--loops 1: 2 sockets were handed over for each address and transport, "
            + "one for each loop",
            Refusal(() => given.Into(options)));
        Assert.Equal(
            $"--port 5: the sockets that were handed over are on port {_port}",
            Refusal(() => given.Into(options with { Port = 5 })));
        Assert.Equal(
            "--bind 127.0.0.9: the sockets that were handed over are on 127.0.0.1",
            Refusal(() => given.Into(options with { Addresses = [IPAddress.Parse("127.0.0.9")] })));
    }

    static async Task<int> Remotes(Daemon.Daemon daemon) => (await Task.WhenAll(
        daemon.Workers.Select(worker => worker.Ask(() => worker.Plane.Remotes.Count)))).Sum();

    static string Refusal(Func<object> act) => System.Text.RegularExpressions.Regex.Replace(
        Assert.Throws<GivenSocketsException>(act).Message, "descriptor [0-9]+", "descriptor D");

    Daemon.Daemon Serving(int[] holder, int loops) => new(
        Given(holder).Into(new()
        {
            Loops = loops,
            Core = BalancerOptions.Default with
            {
                SocketDirectory = _directory.Path,
                ParkPatience = Deadline.Patience,
            },
        }),
        failed: e => Assert.Fail($"{e}"));

    // As a supervisor does: the holder's own stay open.
    static GivenSockets Given(params int[] sockets) =>
        GivenSockets.Of([.. sockets.Select(socket => new GivenDescriptor(dup(socket)))]);

    int Bound(bool udp, bool shared = false, int port = 0)
    {
        var fd = _scratch.Own(LibC.Socket(
            SockDomain.Inet, udp ? SockType.Datagram : SockType.Stream));
        if (shared)
            LibC.SetSockOpt(fd, SockOption.ReusePort, 1).OrThrow("SO_REUSEPORT");
        // As every supervisor does for TCP.
        if (!udp)
            LibC.SetSockOpt(fd, SockOption.ReuseAddress, 1).OrThrow("SO_REUSEADDR");
        var at = new SockAddrIn(new(IPAddress.Loopback, port == 0 ? _port : port));
        LibC.Bind(fd, at).OrThrow("bind");
        if (!udp)
            LibC.Listen(fd, 100).OrThrow("listen");
        return fd;
    }

    // So many clients of this network, each once by UDP and once by TCP.
    Task[] Ask(int clients, int network) =>
    [
        .. Enumerable.Range(1, clients)
            .Select(i => new DnsAsker(IPAddress.Parse($"127.7.{network}.{i}"), _port))
            .SelectMany(client => new Task[] { client.AskUdp(), client.AskTcp() }),
    ];

    static byte[] AnswerTo(byte[] query)
    {
        query[2] |= 0x80;
        return query;
    }

    [LibraryImport("libc")]
    private static partial int dup(int descriptor);
}
