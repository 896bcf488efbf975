using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.EndToEndTests.Loop;
using Xunit;

namespace Balancer.EndToEndTests.Sockets;

// What the kernel tells the UDP listener besides datagrams.
public sealed class UdpListenerTests : IDisposable
{
    // Nobody else here takes a port of this address between two binds.
    static readonly IPAddress Elsewhere = IPAddress.Parse("127.9.2.1");

    readonly TestLoop _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void W2_A_receive_that_fails_is_counted_and_the_next_datagram_is_served()
    {
        using var listener = new UdpListener(
            _test.Loop, IPAddress.Loopback, port: 0, index: 0, LoopShare.Whole);
        var length = 0;
        using var serving = listener.Bursts.Subscribe(burst =>
        {
            length = burst.Datagrams[0].Length;
            _test.Loop.Stop();
        });
        // An answer to a port that nobody has any more: the ICMP is the next receive's error.
        var gone = Gone();
        LibC.Connect(listener.Fd, new SockAddrIn(gone)).OrThrow("connect");
        LibC.Send(listener.Fd, [1]).OrThrow("send");
        _test.Run(StopOnceCounted);
        Assert.Equal((1, 0), (listener.Errors, length));

        using var client = Client(gone.Port);
        client.SendTo([1, 2, 3], new IPEndPoint(IPAddress.Loopback, listener.Port));
        _test.Run(() => { });
        Assert.Equal((1, 3), (listener.Errors, length));

        void StopOnceCounted()
        {
            if (listener.Errors == 0)
                _test.Loop.Schedule(StopOnceCounted);
            else
                _test.Loop.Stop();
        }
    }

    static IPEndPoint Gone()
    {
        using var socket = Client(port: 0);
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    static Socket Client(int port)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        client.Bind(new IPEndPoint(Elsewhere, port));
        return client;
    }
}
