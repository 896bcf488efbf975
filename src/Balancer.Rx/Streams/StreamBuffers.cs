using System.Buffers;
using System.Diagnostics;

namespace Balancer.Rx.Streams;

/// <summary>
/// The memory through which client bytes pass: one scratch for all connections of a loop, and
/// rented pieces for what a sink did not take at once. To be used from the loop's thread only.
/// </summary>
/// <param name="size">What one direction may hold, in bytes.</param>
internal sealed class StreamBuffers(int size)
{
    private readonly byte[] _scratch = GC.AllocateUninitializedArray<byte>(size);

    /// <summary>What one direction of one connection may hold, in bytes.</summary>
    public int Size => size;

    /// <summary>Room for one read, valid until whoever asked for it returns.</summary>
    public Span<byte> Scratch => _scratch;

    /// <summary>How many pieces are out; 0 when nothing is held back.</summary>
    public int Rented { get; private set; }

    /// <summary>A piece of at least this many bytes.</summary>
    public byte[] Rent(int bytes)
    {
        Debug.Assert(bytes > 0 && bytes <= size, "a direction holds no more than its bound");
        Rented++;
        return ArrayPool<byte>.Shared.Rent(bytes);
    }

    /// <summary>Takes a rented piece back.</summary>
    public void Return(byte[] piece)
    {
        Debug.Assert(Rented > 0, "a piece comes back once");
        Rented--;
        ArrayPool<byte>.Shared.Return(piece);
    }
}
