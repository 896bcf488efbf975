using System.Diagnostics;
using System.Net.Sockets;

namespace Balancer.Backend;

/// <summary>
/// What one connection has received and nobody has read yet, in one piece. It starts small, grows
/// while reads fill it, and never holds more than the largest DNS message with its length.
/// </summary>
internal sealed class Inbox(Socket socket)
{
    public const int Limit = sizeof(ushort) + ushort.MaxValue;

    private byte[] _bytes = new byte[4096];
    private int _start;
    private int _end;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(_start.._end);

    public void Take(int count)
    {
        Debug.Assert(count <= _end - _start);
        _start += count;
    }

    /// <summary>Adds what has arrived, at least a byte; false once the peer has ended.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken stop)
    {
        MakeRoom();
        Debug.Assert(_end < _bytes.Length);
        var received = await socket.ReceiveAsync(_bytes.AsMemory(_end), stop);
        _end += received;
        return received > 0;
    }

    private void MakeRoom()
    {
        var wasFull = _end == _bytes.Length;
        var size = wasFull ? Math.Min(_bytes.Length * 2, Limit) : _bytes.Length;
        var to = size == _bytes.Length ? _bytes : new byte[size];
        Bytes.CopyTo(to);
        (_bytes, _start, _end) = (to, 0, _end - _start);
    }
}
