// THE RING: what a backend is sent, in order.
//
// Hellos, heartbeats and queries are written once, here, and the socket is written from here: one
// send per burst, of two parts when the ring wraps. Positions only grow; the place of a byte is its
// position modulo the size, so a frame may lie across the end. A send that stops in the middle of a
// frame is continued where it stopped, since nothing but the ring is ever sent.
//
// It is also where a question lies until it is answered, should it have to be asked of another
// backend. What is kept is not written over: all that is unsent, and what was sent behind the
// furthest answer so far, unless it is too old to be replayed anyway. So a backend that stops
// answering fills its ring, which is the back-pressure; one that only leaves some questions
// unanswered does not.
//
//        kept ▼     sent ▼            written ▼           what lies before `kept` stays readable
//   ───────────[ unanswered │ unsent ]──────────          until a lap later
//              └────── ≤ size ───────┘

using System.Buffers.Binary;
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
    private readonly long _age;
    private long _written;
    private long _sent;
    private long _kept;
    private long _mark;
    private long _markedAt;

    /// <param name="size">Bytes; a power of two.</param>
    /// <param name="age">What was written so many ticks ago need not be kept once it is sent; 0:
    /// nothing need be.</param>
    public BackendRing(int size, long age)
    {
        Debug.Assert(System.Numerics.BitOperations.IsPow2(size));
        _age = age;
        _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);
    }

    /// <summary>Bytes that wait to be sent.</summary>
    public int Unsent => (int)(_written - _sent);

    /// <summary>Forgets everything: a new link starts with an empty ring.</summary>
    public void Reset() => _sent = _kept = _mark = _written = 0;

    /// <summary>Writes a hello or a heartbeat.</summary>
    public void Say(FrameType frame)
    {
        Span<byte> bytes = stackalloc byte[FrameSize.Bare];
        FrameWriter.Bare(bytes, frame);
        Debug.Assert(Unsent + bytes.Length <= _bytes.Length, "the reserve holds control frames");
        Append(bytes);
        // What is said to a backend that answers nothing lies over its oldest questions.
        _kept = Math.Max(_kept, _written - _bytes.Length);
    }

    /// <summary>Writes a query; false if there is no room for it.</summary>
    public bool TryWrite(ClientEndpoint client, ReadOnlySpan<byte> payload, out uint position)
    {
        position = (uint)_written;
        var length = FrameSize.DatagramHeader + payload.Length;
        if (_written - _kept + length + Reserve > _bytes.Length)
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
        if (_age == 0)
            _kept = _sent;
    }

    /// <summary>The frame at this position has been answered.</summary>
    public void Answered(uint position)
    {
        var at = PositionOf(position);
        if (at > _kept && at <= _sent)
            _kept = at;
    }

    /// <summary>Keeps nothing that was sent: room is wanted more.</summary>
    public void LetGo() => _kept = _sent;

    /// <summary>Lets go of what is too old to be replayed; to be called now and then.</summary>
    public void Age(long now)
    {
        if (now - _markedAt < _age)
            return;
        _kept = Math.Max(_kept, Math.Min(_mark, _sent));
        (_mark, _markedAt) = (_written, now);
    }

    /// <summary>
    /// Copies the payload of the frame at this position; false if it has been written over.
    /// </summary>
    public bool TryRead(uint position, Span<byte> payload, out int length)
    {
        length = 0;
        var at = PositionOf(position);
        if (at < 0 || _written - at > _bytes.Length)
            return false;
        Span<byte> header = stackalloc byte[FrameSize.DatagramHeader];
        Copy(at, header);
        length = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
        Debug.Assert((uint)length <= payload.Length, "positions are those of datagrams");
        if ((uint)length > payload.Length)
            return false;
        Copy(at + FrameSize.DatagramHeader, payload[..length]);
        return true;
    }

    // The one of these low bits that was written last.
    private long PositionOf(uint position) => _written - ((uint)_written - position);

    private void Copy(long from, Span<byte> to)
    {
        var at = Offset(from);
        var straight = Math.Min(to.Length, _bytes.Length - at);
        _bytes.AsSpan(at, straight).CopyTo(to);
        _bytes.AsSpan(0, to.Length - straight).CopyTo(to[straight..]);
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
