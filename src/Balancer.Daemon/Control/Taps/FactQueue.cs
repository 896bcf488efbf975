using System.Diagnostics;
using System.Numerics;

namespace Balancer.Daemon.Control.Taps;

/// <summary>
/// Facts between a loop, which writes, and a reader on another thread: a circle of fixed length,
/// without a lock, so that no reader can hold the loop up. When it is full, the newest is lost and
/// counted.
/// </summary>
/// <param name="length">How many facts, at least.</param>
internal sealed class FactQueue(int length)
{
    private readonly CaughtFact[] _facts =
        new CaughtFact[BitOperations.RoundUpToPowerOf2((uint)length)];

    // Each side writes one of these and reads the other's.
    private long _written;
    private long _read;
    private long _dropped;

    /// <summary>How many facts it holds when it is full.</summary>
    public int Length => _facts.Length;

    /// <summary>How many wait.</summary>
    public int Count => (int)(Volatile.Read(ref _written) - Volatile.Read(ref _read));

    /// <summary>How many were lost so far.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>For the loop: adds a fact, or counts it as lost.</summary>
    public void Add(in CaughtFact fact)
    {
        var written = _written;
        if (written - Volatile.Read(ref _read) == _facts.Length)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return;
        }
        _facts[written & _facts.Length - 1] = fact;
        Volatile.Write(ref _written, written + 1);
    }

    /// <summary>For the reader: takes the oldest ones, as many as there are or fit.</summary>
    public int Take(Span<CaughtFact> to)
    {
        var read = _read;
        var count = (int)Math.Min(Volatile.Read(ref _written) - read, to.Length);
        Debug.Assert(count >= 0, "nobody reads what was not written");
        for (var i = 0; i < count; i++)
        {
            ref var fact = ref _facts[read + i & _facts.Length - 1];
            to[i] = fact;
            // What was read is not kept alive.
            fact = default;
        }
        Volatile.Write(ref _read, read + count);
        return count;
    }
}
