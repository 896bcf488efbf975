using System.Buffers;
using System.Net.Sockets;

namespace Balancer.Backend;

/// <summary>
/// What one connection has to send: added whole frames at a time from any thread, sent in that
/// order by one sender at a time. What is added while a send runs, or while a burst is being
/// served (<see cref="Hold"/>), goes out in one piece.
/// </summary>
internal sealed class Outbox(Socket socket)
{
    /// <summary>Above this many bytes its connection is not read: the peer first takes.</summary>
    public const int Pause = 64 * 1024;

    /// <summary>Above this many, answers to datagrams are dropped.</summary>
    public const int Limit = 4 * Pause;

    private readonly Lock _gate = new();
    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _leaving = new();
    private bool _held;
    private bool _sends;
    private bool _closed;

    /// <summary>Bytes added and not yet taken by the kernel.</summary>
    public Level Queued { get; } = new();

    public AnswerOutcome Add(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, long limit)
    {
        var length = head.Length + body.Length;
        lock (_gate)
        {
            if (_closed)
                return AnswerOutcome.Gone;
            if (Queued.Value + length > limit)
                return AnswerOutcome.Dropped;
            _filling.Write(head);
            _filling.Write(body);
            Queued.Rise(length);
            if (_held || _sends)
                return AnswerOutcome.Queued;
            _sends = true;
        }
        _ = SendAsync();
        return AnswerOutcome.Queued;
    }

    /// <summary>From here to <see cref="Release"/> frames are only gathered.</summary>
    public void Hold()
    {
        lock (_gate)
            _held = true;
    }

    public void Release()
    {
        lock (_gate)
        {
            _held = false;
            if (_sends || _filling.WrittenCount == 0)
                return;
            _sends = true;
        }
        _ = SendAsync();
    }

    /// <summary>Nothing more goes in; what is in is given up.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            Queued.Fall(Queued.Value);
        }
    }

    private async Task SendAsync()
    {
        try
        {
            while (NextBatch() is { Length: > 0 } batch)
            {
                for (var sent = 0; sent < batch.Length;)
                    sent += await socket.SendAsync(batch[sent..]).ConfigureAwait(false);
                Sent(batch.Length);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has gone, or this side has closed. Who reads the connection sees it too.
            Close();
        }
    }

    private ReadOnlyMemory<byte> NextBatch()
    {
        lock (_gate)
        {
            (_filling, _leaving) = (Emptied(_leaving), _filling);
            _sends = _leaving.WrittenCount > 0 && !_closed;
            return _sends ? _leaving.WrittenMemory : default;
        }
    }

    private void Sent(int count)
    {
        lock (_gate)
        {
            if (!_closed)
                Queued.Fall(count);
        }
    }

    private static ArrayBufferWriter<byte> Emptied(ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity > Pause)
            return new();
        buffer.ResetWrittenCount();
        return buffer;
    }
}
