using System.Buffers.Binary;
using System.Diagnostics;

namespace Balancer.Rx.Protocol;

/// <summary>
/// Writes frames into spans that the caller has sized by <see cref="FrameSize"/>; each method
/// returns how many bytes it wrote. Never allocates.
/// </summary>
public static class FrameWriter
{
    /// <summary>A frame that is only its type: hellos, heartbeats, INBOUND_TCP_OK.</summary>
    public static int Bare(Span<byte> to, FrameType type)
    {
        Debug.Assert(type is not (FrameType.InboundUdp or FrameType.OutboundUdp
            or FrameType.InboundTcp));
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)type);
        return FrameSize.Bare;
    }

    /// <summary>The opening of a client's TCP connection (F3).</summary>
    public static int InboundTcp(Span<byte> to, ClientEndpoint client)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)FrameType.InboundTcp);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], client.Address.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], client.Port);
        return FrameSize.InboundTcp;
    }

    /// <summary>
    /// What stands before the data of a datagram, to be followed by <paramref name="length"/>
    /// bytes.
    /// </summary>
    public static int DatagramHeader(
        Span<byte> to, FrameType type, ClientEndpoint client, int length)
    {
        Debug.Assert(type is FrameType.InboundUdp or FrameType.OutboundUdp);
        Debug.Assert((uint)length <= FrameSize.MaxDatagram);
        BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)type);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], client.Address.Value);
        BinaryPrimitives.WriteUInt32LittleEndian(to[8..], client.Port);
        BinaryPrimitives.WriteUInt32LittleEndian(to[12..], (uint)length);
        return FrameSize.DatagramHeader;
    }

    /// <summary>A whole datagram frame.</summary>
    public static int Datagram(
        Span<byte> to, FrameType type, ClientEndpoint client, ReadOnlySpan<byte> data)
    {
        var header = DatagramHeader(to, type, client, data.Length);
        data.CopyTo(to[header..]);
        return header + data.Length;
    }
}
