// THE RING: what a backend is sent, in order.
//
// Hellos, heartbeats and queries are written once, here, and the socket is written from here: one
// send per burst, of two parts when the ring wraps. Positions only grow; the place of a byte is its
// position modulo the size, so a frame may lie across the end. A send that stops in the middle of a
// frame is continued where it stopped, since nothing but the ring is ever sent.
//
//        sent ▼                written ▼                 what lies before `sent` stays readable
//   ───────────[ unsent … ≤ size ]──────────             until a lap later

using System.Diagnostics;
using System.Runtime.CompilerServices;
using Balancer.Rx.Protocol;

namespace Balancer.Rx.Forwarding;

/// <summary>A byte ring of frames. The bound on what waits for a backend.</summary>
internal sealed class BackendRing
{
    /// <summary>Kept free of datagrams, so that a hello and a heartbeat always fit.</summary>
    private const int Reserve = 4 * FrameSize.Bare;

    private readonly byte[] _bytes;
    private long _written;
    private long _sent;

    public BackendRing(int size)
    {
        Debug.Assert(System.Numerics.BitOperations.IsPow2(size));
        _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    /// <summary>Bytes that wait to be sent.</summary>
    public int Unsent => (int)(_written - _sent);

    /// <summary>Forgets everything: a new link starts with an empty ring.</summary>
    public void Reset() => _sent = _written = 0;

    /// <summary>Writes a hello or a heartbeat.</summary>
    public void Say(FrameType frame)
    {
        Span<byte> bytes = stackalloc byte[FrameSize.Bare];
        FrameWriter.Bare(bytes, frame);
        Debug.Assert(Unsent + bytes.Length <= _bytes.Length, "the reserve holds control frames");
        Append(bytes);
    }

    /// <summary>Writes a query; false if there is no room for it.</summary>
    public bool TryWrite(ClientEndpoint client, ReadOnlySpan<byte> payload)
    {
        var length = FrameSize.DatagramHeader + payload.Length;
        if (Unsent + length + Reserve > _bytes.Length)
            return false;
        var at = Offset(_written);
        if (at + length <= _bytes.Length)
        {
            FrameWriter.Datagram(
                _bytes.AsSpan(at, length), FrameType.InboundUdp, client, payload);
            _written += length;
            return true;
        }
        WriteOverTheEnd(client, payload);
        return true;
    }

    /// <summary>
    /// What waits to be sent, in order; the second part is empty unless it wraps.
    /// </summary>
    public void Peek(out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        var at = Offset(_sent);
        var straight = Math.Min(Unsent, _bytes.Length - at);
        first = _bytes.AsSpan(at, straight);
        second = _bytes.AsSpan(0, Unsent - straight);
    }

    /// <summary>So many bytes have been taken by the socket.</summary>
    public void Sent(int bytes)
    {
        Debug.Assert(bytes <= Unsent);
        _sent += bytes;
    }

    // Apart, since a method with room on the stack pays for it at every call.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteOverTheEnd(ClientEndpoint client, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[FrameSize.DatagramHeader];
        FrameWriter.DatagramHeader(header, FrameType.InboundUdp, client, payload.Length);
        Append(header);
        Append(payload);
    }

    private int Offset(long position) => (int)position & _bytes.Length - 1;

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var at = Offset(_written);
        var straight = Math.Min(bytes.Length, _bytes.Length - at);
        bytes[..straight].CopyTo(_bytes.AsSpan(at));
        bytes[straight..].CopyTo(_bytes);
        _written += bytes.Length;
    }
}
