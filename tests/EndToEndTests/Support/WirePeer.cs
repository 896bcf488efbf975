using System.Net.Sockets;
using Balancer.Rx;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests.Support;

/// <summary>A frame as a test looks at it.</summary>
internal sealed record WireFrame(FrameType Type, ClientEndpoint Client, byte[] Data);

/// <summary>
/// One end of an AF_UNIX connection, moved by hand: says what a test wants said, well-formed or
/// not, and reads what comes, as frames or as bytes.
/// </summary>
internal sealed class WirePeer : IDisposable
{
    readonly Socket _socket;
    readonly bool _isBalancer;
    byte[] _pending = [];

    WirePeer(Socket socket, bool isBalancer)
    {
        _socket = socket;
        _isBalancer = isBalancer;
    }

    /// <summary>Plays the balancer to a backend that listens.</summary>
    public static WirePeer Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return new(socket, isBalancer: true);
    }

    /// <summary>Connects, and opens a session.</summary>
    public static async Task<WirePeer> OpenSession(string path)
    {
        var peer = Connect(path);
        await peer.Send(WireBytes.Bare(FrameType.ClientHello));
        Assert.Equal(FrameType.ServerHello, (await peer.NextFrame()).Type);
        return peer;
    }

    /// <summary>Connects, and becomes a client's TCP connection.</summary>
    public static async Task<WirePeer> OpenStream(string path, ClientEndpoint client)
    {
        var peer = Connect(path);
        await peer.Send(WireBytes.InboundTcp(client));
        Assert.Equal(FrameType.InboundTcpOk, (await peer.NextFrame()).Type);
        return peer;
    }

    /// <summary>Plays the backend on a connection that was accepted.</summary>
    public static WirePeer Accepted(Socket socket) => new(socket, isBalancer: false);

    public async Task Send(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await _socket.SendAsync(bytes).AsTask().Within("bytes taken")..];
    }

    /// <summary>As much as the other side takes without reading; the rest is not sent.</summary>
    public int SendWhatFits(ReadOnlySpan<byte> bytes)
    {
        _socket.Blocking = false;
        var sent = 0;
        while (sent < bytes.Length)
        {
            var now = _socket.Send(bytes[sent..], SocketFlags.None, out var error);
            if (error is not SocketError.Success)
                break;
            sent += now;
        }
        return sent;
    }

    public async Task<WireFrame> NextFrame()
    {
        while (true)
        {
            if (TryTakeFrame() is { } frame)
                return frame;
            if (!await Fill())
                throw new EndOfStreamException("the peer ended where a frame was expected");
        }
    }

    public async Task<byte[]> NextBytes(int count)
    {
        while (_pending.Length < count)
        {
            if (!await Fill())
                throw new EndOfStreamException($"the peer ended before {count} bytes");
        }
        var bytes = _pending[..count];
        _pending = _pending[count..];
        return bytes;
    }

    /// <summary>The next DNS message of a stream, without its length.</summary>
    public async Task<byte[]> NextMessage()
    {
        var length = await NextBytes(2);
        return await NextBytes(length[0] << 8 | length[1]);
    }

    /// <summary>Waits until the peer has ended, by FIN or reset; fails if it says more.</summary>
    public async Task ExpectEnd()
    {
        Assert.Empty(_pending);
        Assert.False(await Fill(), "more bytes where an end was expected");
    }

    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends with a reset in place of a FIN; TCP only.</summary>
    public void ResetOnDispose() => _socket.LingerState = new(enable: true, seconds: 0);

    public void Dispose() => _socket.Dispose();

    WireFrame? TryTakeFrame()
    {
        var reader = _isBalancer
            ? FrameReader.FromBackend(_pending)
            : FrameReader.FromBalancer(_pending);
        var read = reader.Next(out var frame);
        if (read is FrameRead.Incomplete)
            return null;
        Assert.Equal(FrameRead.Complete, read);
        var taken = new WireFrame(
            frame.Type, new(frame.Address, (ushort)frame.Port), frame.Data.ToArray());
        _pending = _pending[reader.Position..];
        return taken;
    }

    async Task<bool> Fill()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            var count = await _socket.ReceiveAsync(buffer).Within("bytes from the peer");
            _pending = [.. _pending, .. buffer[..count]];
            return count > 0;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset)
        {
            return false;
        }
    }
}
