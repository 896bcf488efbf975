using System.Buffers.Binary;
using System.Text;

namespace Balancer.Rx.Recording;

/// <summary>This is no recording, or not a whole one; the message says what is wrong.</summary>
internal sealed class TapeException(string message) : Exception(message);

/// <summary>Reads what <see cref="TapeWriter"/> has written; whatever else it is given throws a
/// <see cref="TapeException"/>, and takes no more memory than its own length.</summary>
internal sealed class TapeReader(ReadOnlyMemory<byte> bytes)
{
    private int _at;

    /// <summary>How far it has been read.</summary>
    public int At => _at;

    /// <summary>All has been read.</summary>
    public bool IsAtEnd => _at == bytes.Length;

    /// <summary>The next byte, which is not taken; 0 at the end.</summary>
    public byte Next => IsAtEnd ? (byte)0 : bytes.Span[_at];

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() switch
    {
        0 => false,
        1 => true,
        var other => throw new TapeException($"{other} where yes or no is expected"),
    };

    public long Number()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ulong Unsigned()
    {
        var value = 0ul;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
        throw new TapeException("a number that does not end");
    }

    public int Int() => Number() is >= int.MinValue and <= int.MaxValue and var value
        ? (int)value
        : throw new TapeException("a number that is too large");

    /// <summary>A count of things that take a byte each at least.</summary>
    public int Count() => Unsigned() is var count && count <= (uint)(bytes.Length - _at)
        ? (int)count
        : throw new TapeException("more is announced than there is");

    public BackendId Id() => Unsigned() is var id && id <= int.MaxValue
        ? new((int)id)
        : throw new TapeException("a backend's number that is too large");

    public ClientAddress Client() => new(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));

    public DateTimeOffset Time()
    {
        var ticks = Number();
        return ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new(ticks, TimeSpan.Zero)
            : throw new TapeException("a time that is none");
    }

    public TimeSpan Span() => new(Number());

    public string Text() => Encoding.UTF8.GetString(Take(Count()));

    public List<T> Each<T>(Func<TapeReader, T> read)
    {
        var items = new List<T>();
        for (var left = Count(); left > 0; left--)
            items.Add(read(this));
        return items;
    }

    /// <summary>So many bytes as they are; not a copy.</summary>
    public ReadOnlyMemory<byte> Bytes(int count)
    {
        Take(count);
        return bytes.Slice(_at - count, count);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - _at)
            throw new TapeException("it ends in the middle of an entry");
        _at += count;
        return bytes.Span.Slice(_at - count, count);
    }
}
