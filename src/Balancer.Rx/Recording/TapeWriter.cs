using System.Buffers.Binary;
using System.Text;

namespace Balancer.Rx.Recording;

/// <summary>
/// Writes the values of recordings: numbers in as few bytes as they need (seven bits a byte, the
/// lowest first; signed ones zigzagged), texts in UTF-8 behind their length. The buffer grows to
/// the largest entry and is used again.
/// </summary>
internal sealed class TapeWriter
{
    private byte[] _bytes = new byte[4_096];
    private int _length;

    /// <summary>What has been written since it was cleared.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Number(long value) => Unsigned((ulong)(value << 1 ^ value >> 63));

    public void Unsigned(ulong value)
    {
        Reserve(10);
        for (; value >= 0x80; value >>= 7)
            _bytes[_length++] = (byte)(value | 0x80);
        _bytes[_length++] = (byte)value;
    }

    public void Id(BackendId id) => Unsigned((uint)id.Value);

    public void Client(ClientAddress client)
    {
        Reserve(4);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(_length), client.Value);
        _length += 4;
    }

    public void Time(DateTimeOffset time) => Number(time.UtcTicks);

    public void Span(TimeSpan span) => Number(span.Ticks);

    public void Text(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        Unsigned((uint)count);
        Reserve(count);
        _length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_length));
    }

    /// <summary>A list: how many, then each.</summary>
    public void Each<T>(IReadOnlyCollection<T> items, Action<TapeWriter, T> write)
    {
        Unsigned((uint)items.Count);
        foreach (var item in items)
            write(this, item);
    }

    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
    }
}
