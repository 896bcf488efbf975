using System.Buffers.Binary;
using System.Numerics;

namespace Balancer.Fuzz;

/// <summary>What a datagram was, as one number.</summary>
internal static class Digest
{
    /// <summary>The digest of a datagram, behind what was digested before.</summary>
    public static ulong Of(ulong before, uint address, uint port, ReadOnlySpan<byte> data)
    {
        var digest = Mix(Mix(before, (ulong)address << 32 | port), (ulong)data.Length);
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            digest = Mix(digest, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var one in data)
            digest = Mix(digest, one);
        return digest;
    }

    private static ulong Mix(ulong digest, ulong value) =>
        BitOperations.RotateLeft((digest ^ value) * 0x9E3779B97F4A7C15, 31) + value;
}
