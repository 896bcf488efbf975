using System.Buffers.Binary;

namespace Balancer.VirtualTimeTests.Streams;

/// <summary>Bytes that tests speak of.</summary>
static class Bytes
{
    /// <summary>F7.</summary>
    public static readonly byte[] Ok = Frame(1003);

    /// <summary>F8: a frame that is none of ours here.</summary>
    public static readonly byte[] Heartbeat = Frame(1004);

    /// <summary>F3, for 10.0.0.7 and the port of the first client, 4000.</summary>
    public static readonly byte[] InboundTcp =
        [3, 0, 0, 0, 7, 0, 0, 10, 0xA0, 0x0F, 0, 0];

    /// <summary>So many bytes, each unlike its neighbours.</summary>
    public static byte[] Many(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)(i ^ i >> 8 ^ i >> 16);
        return bytes;
    }

    static byte[] Frame(uint type)
    {
        var frame = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, type);
        return frame;
    }
}
