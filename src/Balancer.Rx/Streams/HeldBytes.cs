using System.Diagnostics;
using System.Numerics;

namespace Balancer.Rx.Streams;

/// <summary>
/// The bytes of one direction that have been read and are not written yet, at most
/// <see cref="StreamBuffers.Size"/>. Rents memory only while there are any, and no more than they
/// need. While it keeps, bytes that were written stay too, so that they can be written again to
/// somebody else.
/// </summary>
internal sealed class HeldBytes(StreamBuffers buffers, bool keeps)
{
    private const int Smallest = 256;

    private byte[]? _piece;
    private int _written;
    private int _end;
    private bool _keeps = keeps;

    /// <summary>Nothing waits to be written.</summary>
    public bool IsEmpty => _written == _end;

    /// <summary>How many bytes are held here, written ones that are kept included.</summary>
    public int Count => _keeps ? _end : _end - _written;

    /// <summary>How many bytes more it may take.</summary>
    public int Room => buffers.Size - _end;

    /// <summary>What waits to be written.</summary>
    public ReadOnlySpan<byte> Unwritten => _piece.AsSpan(_written, _end - _written);

    /// <summary>Takes a copy of these bytes behind the others.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        Debug.Assert(bytes.Length <= Room, "nobody reads more than may be held");
        MakeRoom(_end + bytes.Length);
        bytes.CopyTo(_piece.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>So many of <see cref="Unwritten"/> were written.</summary>
    public void Wrote(int count)
    {
        Debug.Assert(count >= 0 && count <= _end - _written, "only what is held can be written");
        _written += count;
        ReturnIfIdle();
    }

    /// <summary>All of it is to be written once more, to somebody else.</summary>
    public void Rewind()
    {
        Debug.Assert(_keeps, "what was not kept cannot be written again");
        _written = 0;
    }

    /// <summary>Nobody else will ask for what has been written.</summary>
    public void StopKeeping()
    {
        _keeps = false;
        ReturnIfIdle();
    }

    /// <summary>Forgets what is held and gives the memory back.</summary>
    public void Release()
    {
        (_written, _end) = (0, 0);
        if (_piece is not { } piece)
            return;
        _piece = null;
        buffers.Return(piece);
    }

    private void ReturnIfIdle()
    {
        if (IsEmpty && !_keeps)
            Release();
    }

    private void MakeRoom(int needed)
    {
        if (_piece?.Length >= needed)
            return;
        var wanted = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(needed, Smallest));
        var larger = buffers.Rent(Math.Min(wanted, buffers.Size));
        if (_piece is { } smaller)
        {
            smaller.AsSpan(0, _end).CopyTo(larger);
            buffers.Return(smaller);
        }
        _piece = larger;
    }
}
