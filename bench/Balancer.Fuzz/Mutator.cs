using System.Buffers.Binary;

namespace Balancer.Fuzz;

/// <summary>
/// An input in the making: bytes of the corpus, and what becomes of them. Allocates nothing once
/// it is made; an input never grows beyond <see cref="Most"/>.
/// </summary>
internal sealed class Mutator
{
    /// <summary>The longest input, in bytes: more than two of the longest frames.</summary>
    public const int Most = 4_096;

    private readonly byte[] _bytes = new byte[Most];
    private int _length;

    /// <summary>The input.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Begins with nothing.</summary>
    public void Clear() => _length = 0;

    /// <summary>Adds these at the end, as far as there is room.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        var kept = bytes[..Math.Min(bytes.Length, Most - _length)];
        kept.CopyTo(_bytes.AsSpan(_length));
        _length += kept.Length;
    }

    /// <summary>Begins with a piece of the corpus and mutates it up to three times.</summary>
    public void Draw(byte[][] corpus, ref Lot lot)
    {
        Clear();
        Append(lot.Of<byte[]>(corpus));
        for (var times = lot.Below(4); times > 0; times--)
            Mutate(corpus, ref lot);
    }

    /// <summary>Mutates it once.</summary>
    public void Mutate(byte[][] corpus, ref Lot lot)
    {
        switch (lot.Below(9))
        {
            case 0: Flip(ref lot); break;
            case 1: Set(ref lot); break;
            case 2: Insert(ref lot); break;
            case 3: Delete(ref lot); break;
            case 4: Splice(lot.Of<byte[]>(corpus), ref lot); break;
            case 5: LieInFour(ref lot); break;
            case 6: LieInTwo(ref lot); break;
            case 7: _length = lot.Below(_length + 1); break;
            default: Repeat(ref lot); break;
        }
    }

    private void Flip(ref Lot lot)
    {
        if (_length > 0)
            _bytes[lot.Below(_length)] ^= (byte)(1 << lot.Below(8));
    }

    private void Set(ref Lot lot)
    {
        if (_length > 0)
            _bytes[lot.Below(_length)] = lot.Of<byte>([0, 1, 0x7F, 0x80, 0xFF, (byte)lot.Next()]);
    }

    private void Insert(ref Lot lot)
    {
        var at = lot.Below(_length + 1);
        var count = Math.Min(1 + lot.Below(16), Most - _length);
        _bytes.AsSpan(at, _length - at).CopyTo(_bytes.AsSpan(at + count));
        for (var i = 0; i < count; i++)
            _bytes[at + i] = (byte)lot.Next();
        _length += count;
    }

    private void Delete(ref Lot lot)
    {
        var at = lot.Below(_length + 1);
        var count = Math.Min(1 + lot.Below(16), _length - at);
        _bytes.AsSpan(at + count, _length - at - count).CopyTo(_bytes.AsSpan(at));
        _length -= count;
    }

    /// <summary>Its head, and the tail of another.</summary>
    private void Splice(ReadOnlySpan<byte> other, ref Lot lot)
    {
        _length = lot.Below(_length + 1);
        Append(other[lot.Below(other.Length + 1)..]);
    }

    /// <summary>A number of the wire (little-endian, aligned) becomes one near a limit.</summary>
    private void LieInFour(ref Lot lot)
    {
        if (_length < 4)
            return;
        var at = lot.OneIn(4) ? lot.Below(_length - 3) : lot.Below(_length / 4) * 4;
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), lot.Of<uint>(
        [
            0, 1, 4, 11, 12, 1_001, 1_002, 1_003, 1_004, 1_499, 1_500, 1_501, 2_048, 65_535,
            65_536, int.MaxValue, 0x8000_0000, uint.MaxValue - 15, uint.MaxValue,
        ]));
    }

    /// <summary>A number of DNS (big-endian) becomes one near a limit.</summary>
    private void LieInTwo(ref Lot lot)
    {
        if (_length >= 2)
        {
            BinaryPrimitives.WriteUInt16BigEndian(
                _bytes.AsSpan(lot.Below(_length - 1)),
                lot.Of<ushort>([0, 1, 11, 12, 41, 255, 512, 1_500, 0x7FFF, 0x8000, 0xFFFF]));
        }
    }

    /// <summary>Some of it once more at the end: a frame twice, if it falls so.</summary>
    private void Repeat(ref Lot lot)
    {
        var at = lot.OneIn(2) ? 0 : lot.Below(_length + 1);
        Append(_bytes.AsSpan(at, lot.OneIn(2) ? _length - at : lot.Below(_length - at + 1)));
    }
}
