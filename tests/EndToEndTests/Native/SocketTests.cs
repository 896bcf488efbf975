using System.Net;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests.Native;

public sealed class SocketTests : IDisposable
{
    readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_local_connection_is_accepted_and_tells_who_is_there()
    {
        var listener = _scratch.Listener("door");
        var client = _scratch.Socket(SockDomain.Unix, SockType.Stream);
        Assert.False(LibC.Connect(client, _scratch.AddressOf("door")).IsError);
        var server = _scratch.Own(LibC.Accept(listener));
        Assert.False(
            LibC.GetSockOpt(server, SockOption.PeerCredentials, out UCred peer).IsError);
        Assert.Equal(Environment.ProcessId, peer.Pid);
        Assert.Equal(LibC.GetUid(), peer.Uid);
    }

    [Fact]
    public void Nobody_waiting_is_EAGAIN() =>
        Assert.True(LibC.Accept(_scratch.Listener("door")).Is(Errno.EAGAIN));

    [Fact]
    public void A_full_backlog_of_a_local_listener_is_EAGAIN_at_once()
    {
        _scratch.Listener("door", backlog: 0);
        SysResult result;
        do result = LibC.Connect(
            _scratch.Socket(SockDomain.Unix, SockType.Stream), _scratch.AddressOf("door"));
        while (!result.IsError);
        Assert.True(result.Is(Errno.EAGAIN), result.ToString());
    }

    [Fact]
    public void A_missing_socket_and_a_deserted_one_are_told_apart()
    {
        var client = _scratch.Socket(SockDomain.Unix, SockType.Stream);
        Assert.True(LibC.Connect(client, _scratch.AddressOf("none")).Is(Errno.ENOENT));
        _scratch.Close(_scratch.Listener("dead"));
        Assert.True(LibC.Connect(client, _scratch.AddressOf("dead")).Is(Errno.ECONNREFUSED));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(107, true)]
    [InlineData(108, false)]
    [InlineData(0, false)]
    public void A_local_path_has_at_most_107_bytes(int length, bool fits) =>
        Assert.Equal(fits, SockAddrUn.TryCreate(new string('p', length), out _));

    [Fact]
    public void Bytes_of_a_local_path_are_counted_not_characters()
    {
        Assert.True(SockAddrUn.TryCreate(new string('ü', 53), out _));
        Assert.False(SockAddrUn.TryCreate(new string('ü', 54), out _));
        Assert.False(SockAddrUn.TryCreate("cut\0short", out _));
    }

    [Fact]
    public void An_accepted_client_comes_with_its_address()
    {
        var listener = BoundTo(IPAddress.Loopback, SockType.Stream, out var address);
        LibC.Listen(listener, 8).OrThrow("listen");
        var client = _scratch.Socket(SockDomain.Inet, SockType.Stream);
        var connected = LibC.Connect(client, address);
        Assert.True(!connected.IsError || connected.Is(Errno.EINPROGRESS));
        Assert.Equal(Errno.None, LibC.SocketError(client));
        _scratch.Own(LibC.Accept(listener, out var peer));
        LibC.GetSockName(client, out var own).OrThrow("getsockname");
        Assert.Equal(own.Port, peer.Port);
        Assert.Equal(0x7f000001u, peer.Address);
    }

    [Fact]
    public void The_error_of_a_connect_is_asked_for_later()
    {
        _scratch.Close(BoundTo(IPAddress.Loopback, SockType.Stream, out var deserted));
        var client = _scratch.Socket(SockDomain.Inet, SockType.Stream);
        var connected = LibC.Connect(client, deserted);
        var error = connected.Is(Errno.EINPROGRESS)
            ? LibC.SocketError(client)
            : connected.Error;
        Assert.Equal(Errno.ECONNREFUSED, error);
    }

    [Fact]
    public void An_address_in_use_is_a_value()
    {
        BoundTo(IPAddress.Loopback, SockType.Datagram, out var taken);
        var second = _scratch.Socket(SockDomain.Inet, SockType.Datagram);
        Assert.True(LibC.Bind(second, taken).Is(Errno.EADDRINUSE));
    }

    [Fact]
    public void A_receive_buffer_grows_when_asked()
    {
        var fd = _scratch.Socket(SockDomain.Inet, SockType.Datagram);
        LibC.SetSockOpt(fd, SockOption.ReceiveBuffer, 50_000).OrThrow("setsockopt");
        LibC.GetSockOpt(fd, SockOption.ReceiveBuffer, out int granted).OrThrow("getsockopt");
        Assert.Equal(100_000, granted);
    }

    [Fact]
    public void An_address_reads_as_it_was_written()
    {
        var address = new SockAddrIn(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 5353));
        Assert.Equal(0xC0000201u, address.Address);
        Assert.Equal("192.0.2.1:5353", address.ToString());
        Assert.Throws<ArgumentException>(() => new SockAddrIn(new(IPAddress.IPv6Loopback, 1)));
    }

    int BoundTo(IPAddress ip, SockType type, out SockAddrIn address)
    {
        var fd = _scratch.Socket(SockDomain.Inet, type);
        LibC.Bind(fd, new SockAddrIn(new IPEndPoint(ip, 0))).OrThrow("bind");
        LibC.GetSockName(fd, out address).OrThrow("getsockname");
        Assert.NotEqual(0, address.Port);
        return fd;
    }
}
