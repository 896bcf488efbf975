using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Balancer.EndToEndTests.Load;

/// <summary>What a scripted server is asked: the number is the one in the name.</summary>
sealed record Asked(int Number, byte[] Query, IPEndPoint From)
{
    /// <summary>A good answer: one record, for the name of the question.</summary>
    public byte[] Answer => Changed(answer => answer.AsSpan());

    /// <summary>The answer with something done to it.</summary>
    public byte[] Changed(Func<byte[], Span<byte>> change)
    {
        byte[] answer = [.. Query, 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1];
        answer[2] |= 0x80;
        answer[7] = 1;
        return change(answer).ToArray();
    }

    public static Asked Of(byte[] query, IPEndPoint from) => new(
        int.Parse(
            Encoding.ASCII.GetString(query, 13, 10), NumberStyles.HexNumber,
            CultureInfo.InvariantCulture),
        query, from);
}

/// <summary>A DNS server over UDP that does as the test says with each query.</summary>
sealed class ScriptedServer : IDisposable
{
    readonly Socket _socket = Bound();
    readonly Socket _elsewhere = Bound();
    readonly Action<ScriptedServer, Asked> _script;
    readonly Task _serving;

    public ScriptedServer(Action<ScriptedServer, Asked> script)
    {
        _script = script;
        _serving = Task.Factory.StartNew(
            Serve, default, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Everything that was asked, in order.</summary>
    public ConcurrentQueue<Asked> Asked { get; } = new();

    public void Send(byte[] message, IPEndPoint to) => _socket.SendTo(message, to);

    public void SendFromElsewhere(byte[] message, IPEndPoint to) => _elsewhere.SendTo(message, to);

    public void Dispose()
    {
        _socket.Dispose();
        _elsewhere.Dispose();
        _serving.Wait();
    }

    static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 1 << 20,
        };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    void Serve()
    {
        var buffer = new byte[512];
        while (true)
        {
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            int length;
            try
            {
                length = _socket.ReceiveFrom(buffer, ref from);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The only way to end it: Dispose has closed the socket.
                return;
            }
            var asked = Load.Asked.Of(buffer[..length], (IPEndPoint)from);
            Asked.Enqueue(asked);
            _script(this, asked);
        }
    }
}
