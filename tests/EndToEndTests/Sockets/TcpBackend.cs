using System.Net.Sockets;
using Xunit;

namespace Balancer.EndToEndTests.Sockets;

/// <summary>A backend's listening socket, with the test behind it.</summary>
sealed class TcpBackend : IDisposable
{
    static readonly byte[] Ok = [0xEB, 3, 0, 0];

    readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public TcpBackend(string path, int backlog)
    {
        SocketPath = path;
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Listen(backlog);
    }

    public string SocketPath { get; }

    /// <summary>Accepts a connection and reads its INBOUND_TCP.</summary>
    public Socket Accept()
    {
        Assert.True(_socket.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead), "nobody came");
        var connection = _socket.Accept();
        connection.ReceiveTimeout = connection.SendTimeout = 20_000;
        var frame = connection.ReadExactly(12);
        Assert.Equal([3, 0, 0, 0, 1, 0, 0, 127], frame[..8]);
        return connection;
    }

    /// <summary>Accepts a connection and says INBOUND_TCP_OK.</summary>
    public Socket Take()
    {
        var connection = Accept();
        connection.Send(Ok);
        return connection;
    }

    public void Dispose() => _socket.Dispose();
}

static class TcpSocketExtensions
{
    /// <summary>Reads so many bytes.</summary>
    public static byte[] ReadExactly(this Socket socket, int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            var read = socket.Receive(bytes, got, count - got, SocketFlags.None);
            Assert.NotEqual(0, read);
            got += read;
        }
        return bytes;
    }

    /// <summary>Reads the end, and nothing before it.</summary>
    public static void ReadEnd(this Socket socket) =>
        Assert.Equal(0, socket.Receive(new byte[1]));

    /// <summary>Reads a reset, and nothing before it.</summary>
    public static void ReadReset(this Socket socket)
    {
        var error = Assert.Throws<SocketException>(() => socket.Receive(new byte[1]));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    /// <summary>Writes until nothing more is taken for a while, and tells how much was.</summary>
    public static long WriteUntilBlocked(this Socket socket)
    {
        var (bytes, total) = (new byte[65_536], 0L);
        socket.Blocking = false;
        while (socket.Poll(TimeSpan.FromMilliseconds(300), SelectMode.SelectWrite))
        {
            var sent = socket.Send(bytes, 0, bytes.Length, SocketFlags.None, out var error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
                Assert.Fail($"writing failed: {error}");
            total += error is SocketError.Success ? sent : 0;
        }
        return total;
    }
}
