using System.Net;
using System.Net.Sockets;
using Balancer.Daemon;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>Whoever wants a port that is taken is told who has it.</summary>
public sealed class PortHolderTests : IDisposable
{
    const int ReusePort = 15, SocketLevel = 1;

    readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("UDP", "1")]
    [InlineData("UDP", "2")]
    [InlineData("TCP", "1")]
    [InlineData("TCP", "2")]
    public async Task A_port_that_another_process_of_ours_would_share_is_refused(
        string transport, string loops)
    {
        using var held = Held(transport, IPAddress.Loopback);
        var port = ((IPEndPoint)held.LocalEndPoint!).Port;
        await using var balancer = BalancerProcess.Run(
        [
            "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{port}", "--loops", loops,
            "--control", "off",
        ]);
        Assert.Equal(1, await balancer.Exit());
        Assert.Matches(
            $@"^balancer: --port {port}: in use \({transport} on 127\.0\.0\.1\) by .+ "
                + $@"\(pid {Environment.ProcessId}, user {Environment.UserName}\)$",
            Assert.Single(balancer.Errors.All));
    }

    [Theory]
    [InlineData("UDP")]
    [InlineData("TCP")]
    public void Who_has_every_address_has_this_one(string transport)
    {
        foreach (var wide in (IPAddress[])[IPAddress.Any, IPAddress.IPv6Any])
        {
            using var held = Held(transport, wide);
            var port = ((IPEndPoint)held.LocalEndPoint!).Port;
            Assert.Contains(
                $"(pid {Environment.ProcessId}, ",
                PortHolder.Of(transport, IPAddress.Loopback, port));
        }
    }

    [Fact]
    public void Of_a_process_that_we_may_not_look_into_the_user_is_told()
    {
        Table("tcp", "   3: 0100007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 "
            + "00000000     0        0 4711 1 0000000000000000 100 0 0 10 0");
        Assert.Equal("a process of user root", Of("TCP", "127.0.0.1", 53));
        Assert.Equal("a process of user root", Of("TCP", "0.0.0.0", 53));
        Assert.Null(Of("TCP", "127.0.0.2", 53));
        Assert.Null(Of("TCP", "127.0.0.1", 54));
        Assert.Null(Of("UDP", "127.0.0.1", 53));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("0: : 0 0 0 0 0 0 0 0")]
    [InlineData("0: 0100007F:0035")]
    [InlineData("0: zz:0035 0 0 0 0 0 0 0 0")]
    public void A_line_that_says_nothing_finds_nobody(string line)
    {
        Table("udp", line);
        Assert.Null(Of("UDP", "127.0.0.1", 53));
    }

    string? Of(string transport, string address, int port) =>
        PortHolder.Of(transport, IPAddress.Parse(address), port, _directory.Path);

    void Table(string protocol, string line)
    {
        Directory.CreateDirectory(_directory["net"]);
        File.WriteAllText(_directory[$"net/{protocol}"], $"header\n{line}\n");
    }

    // Of this process, and open to whoever of our user would share it.
    static Socket Held(string transport, IPAddress address)
    {
        var type = transport == "UDP" ? SocketType.Dgram : SocketType.Stream;
        var socket = new Socket(address.AddressFamily, type, ProtocolType.Unspecified);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = true;
        socket.SetRawSocketOption(SocketLevel, ReusePort, BitConverter.GetBytes(1));
        socket.Bind(new IPEndPoint(address, FreePort.Take()));
        if (type == SocketType.Stream)
            socket.Listen();
        return socket;
    }
}
