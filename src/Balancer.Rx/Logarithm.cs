using System.Numerics;

namespace Balancer.Rx;

/// <summary>
/// The binary logarithm in whole numbers. The one of the C library may differ in its last bit from
/// one machine to the next, and hosts must choose alike. A table of 256 chords: at most 0.2 % off
/// where it is smallest, and it never falls where its argument rises.
/// </summary>
internal static class Logarithm
{
    private const int SegmentBits = 8, Segments = 1 << SegmentBits, FractionBits = 32;

    private static readonly ulong[] Chords =
        [.. Enumerable.Range(0, Segments + 1).Select(FractionAt)];

    /// <summary>-log2(x / 2^64), times 2^32: 0 for the largest x, 64 * 2^32 for zero.</summary>
    public static ulong OfInverse(ulong x)
    {
        if (x == 0)
            return 64ul << FractionBits;
        var zeros = BitOperations.LeadingZeroCount(x);
        var mantissa = x << zeros << 1;
        var segment = (int)(mantissa >> 64 - SegmentBits);
        var within = mantissa << SegmentBits >> 64 - FractionBits;
        var (low, high) = (Chords[segment], Chords[segment + 1]);
        return ((ulong)(zeros + 1) << FractionBits)
            - (low + ((high - low) * within >> FractionBits));
    }

    // log2(1 + segment / 256), bit by bit: the square of a number has twice its logarithm.
    private static ulong FractionAt(int segment)
    {
        if (segment == Segments)
            return 1ul << FractionBits;
        var m = (ulong)(Segments + segment) << 63 - SegmentBits;
        var fraction = 0ul;
        for (var bit = 0; bit < FractionBits; bit++)
        {
            var square = Math.BigMul(m, m, out _);
            var isTwoOrMore = square >> 63 != 0;
            fraction = fraction << 1 | (isTwoOrMore ? 1u : 0u);
            m = isTwoOrMore ? square : square << 1;
        }
        return fraction;
    }
}
