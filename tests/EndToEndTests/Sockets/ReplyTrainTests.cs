using System.Net;
using System.Net.Sockets;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using CsCheck;
using Xunit;

namespace Balancer.EndToEndTests.Sockets;

// Answers to neighbours leave as trains, and nobody can tell but the kernel.
public sealed class ReplyTrainTests : IDisposable
{
    const int Patience = 5_000;

    readonly EventLoop _loop = new(e => Assert.Fail(e.ToString()));
    readonly byte[] _payloads = GC.AllocateArray<byte>(1 << 20, pinned: true);
    int _used;

    [Fact]
    public void Every_client_gets_its_answers_whole_and_in_order_whatever_their_lengths()
    {
        var length = Gen.Frequency((6, Gen.Const(60)), (3, Gen.Int[1, 90]), (1, Gen.Int[0, 1_500]));
        Gen.Select(Gen.Int[0, 2], length).Array[0, 150].Sample(
            answers => Delivered(IPAddress.Loopback, default, answers), iter: 100, threads: 1);
    }

    [Fact]
    public void The_same_holds_where_the_address_that_was_asked_is_named() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[59, 60]).Array[0, 150].Sample(
            answers => Delivered(IPAddress.Any, new(0x7F000007), answers), iter: 50, threads: 1);

    [Fact]
    public void Neighbours_of_one_length_are_one_message_to_the_kernel()
    {
        using var listener = Listen(IPAddress.Loopback);
        using var replies = new UdpReplies([listener]);
        using var client = Client();
        var option = SockOption.ReceiveTrains;
        client.SetRawSocketOption(option.Level, option.Name, BitConverter.GetBytes(1));
        foreach (var length in (int[])[60, 60, 60, 50, 60])
            replies.Add(0, EndpointOf(client), default, Payload(length));

        Assert.Equal(new(5, 0), replies.Flush());
        var buffer = new byte[65_536];
        Assert.Equal(60 + 60 + 60 + 50, client.Receive(buffer));
        Assert.Equal(60, client.Receive(buffer));
    }

    [Fact]
    public void A_train_that_the_kernel_refuses_is_sent_car_by_car()
    {
        using var listener = Listen(IPAddress.Loopback);
        // Trains need checksums (SO_NO_CHECK is 11 of SOL_SOCKET).
        Assert.False(LibC.SetSockOpt(listener.Fd, new(1, 11), 1).IsError);
        using var replies = new UdpReplies([listener]);
        using var client = Client();
        foreach (var length in (int[])[60, 60, 60, 50, 70])
            replies.Add(0, EndpointOf(client), default, Payload(length));

        Assert.Equal(new(5, 0), replies.Flush());
        var buffer = new byte[65_536];
        foreach (var length in (int[])[60, 60, 60, 50, 70])
            Assert.Equal(length, client.Receive(buffer));
    }

    [Fact]
    public void W1_A_train_to_where_nothing_can_be_sent_fails_alone()
    {
        using var listener = Listen(IPAddress.Loopback);
        using var replies = new UdpReplies([listener]);
        using var client = Client();
        var nowhere = new ClientEndpoint(new(0xFFFFFFFF), 53);
        foreach (var to in (ClientEndpoint[])[nowhere, nowhere, EndpointOf(client), nowhere])
            replies.Add(0, to, default, Payload(60));

        Assert.Equal(new(1, 3), replies.Flush());
        Assert.Equal(60, client.Receive(new byte[100]));
    }

    public void Dispose() => _loop.Dispose();

    void Delivered(IPAddress on, ClientAddress from, (int Client, int Length)[] answers)
    {
        _used = 0;
        using var listener = Listen(on);
        using var replies = new UdpReplies([listener]);
        Socket[] clients = [Client(), Client(), Client()];
        foreach (var (client, length) in answers)
            replies.Add(0, EndpointOf(clients[client]), from, Payload(length));
        Assert.Equal(new(answers.Length, 0), replies.Flush());

        _used = 0;
        var buffer = new byte[2_048];
        foreach (var (client, length) in answers)
        {
            EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
            var got = clients[client].ReceiveFrom(buffer, ref sender);
            Assert.Equal(Payload(length), buffer.AsSpan(0, got));
            if (from.Value != 0)
                Assert.Equal(IPAddress.Parse("127.0.0.7"), ((IPEndPoint)sender).Address);
        }
        foreach (var client in clients)
        {
            Assert.Equal(0, client.Available);
            client.Dispose();
        }
    }

    // Bytes that say which answer they are; the same again once _used is 0.
    ReadOnlySpan<byte> Payload(int length)
    {
        var payload = _payloads.AsSpan(_used, length);
        for (var i = 0; i < length; i++)
            payload[i] = (byte)((_used + i) * 7 >> (i & 3));
        _used += length + 1;
        return payload;
    }

    UdpListener Listen(IPAddress address) =>
        new(_loop, address, port: 0, index: 0, LoopShare.Whole);

    static Socket Client()
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveTimeout = Patience,
            ReceiveBufferSize = 1 << 20,
        };
        client.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return client;
    }

    static ClientEndpoint EndpointOf(Socket client) =>
        new(new(0x7F000001), (ushort)((IPEndPoint)client.LocalEndPoint!).Port);
}
