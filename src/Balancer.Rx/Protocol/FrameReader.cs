using System.Buffers.Binary;

namespace Balancer.Rx.Protocol;

/// <summary>What a look at the next frame found.</summary>
public enum FrameRead
{
    /// <summary>A whole frame; the reader stands behind it.</summary>
    Complete,

    /// <summary>The rest has not arrived yet; the reader stands before it (F11).</summary>
    Incomplete,

    /// <summary>A type that this side never gets: nothing after it can be read (F15).</summary>
    UnknownType,

    /// <summary>A datagram over <see cref="FrameSize.MaxDatagram"/> (M16).</summary>
    Oversized,
}

/// <summary>One frame, pointing into the bytes it was read from.</summary>
public readonly ref struct Frame
{
    internal Frame(FrameType type) => Type = type;

    internal Frame(FrameType type, uint address, uint port, ReadOnlySpan<byte> data)
    {
        Type = type;
        Address = new(address);
        Port = port;
        Data = data;
    }

    /// <summary>Which frame it is.</summary>
    public FrameType Type { get; }

    /// <summary>The client's address; of datagrams and INBOUND_TCP only.</summary>
    public ClientAddress Address { get; }

    /// <summary>The client's port as it came: the wire has room for more than 65535.</summary>
    public uint Port { get; }

    /// <summary>The datagram; of datagrams only.</summary>
    public ReadOnlySpan<byte> Data { get; }
}

/// <summary>
/// Reads frames off a span, one at a time: bounds-checked, without allocation, without exceptions.
/// Incomplete is not broken: the caller keeps what is behind <see cref="Position"/> and comes back
/// with more.
/// </summary>
public ref struct FrameReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly FrameType _datagram;

    private FrameReader(ReadOnlySpan<byte> bytes, FrameType datagram)
    {
        _bytes = bytes;
        _datagram = datagram;
    }

    /// <summary>Reads what a backend sent: F5 to F8.</summary>
    public static FrameReader FromBackend(ReadOnlySpan<byte> bytes) =>
        new(bytes, FrameType.OutboundUdp);

    /// <summary>Reads what a balancer sent: F1 to F4.</summary>
    public static FrameReader FromBalancer(ReadOnlySpan<byte> bytes) =>
        new(bytes, FrameType.InboundUdp);

    /// <summary>How many bytes belong to the frames read so far.</summary>
    public int Position { get; private set; }

    /// <summary>
    /// Reads the next frame; moves only when it is <see cref="FrameRead.Complete"/>.
    /// </summary>
    public FrameRead Next(out Frame frame)
    {
        frame = default;
        var rest = _bytes[Position..];
        if (rest.Length < FrameSize.Bare)
            return FrameRead.Incomplete;

        var type = (FrameType)BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (type == _datagram)
            return Datagram(rest, out frame);
        if (IsBare(type))
        {
            frame = new(type);
            Position += FrameSize.Bare;
            return FrameRead.Complete;
        }
        return type == FrameType.InboundTcp && _datagram == FrameType.InboundUdp
            ? TcpOpening(rest, out frame)
            : FrameRead.UnknownType;
    }

    private readonly bool IsBare(FrameType type) => _datagram == FrameType.OutboundUdp
        ? type is FrameType.ServerHello or FrameType.InboundTcpOk or FrameType.ServerHeartbeat
        : type is FrameType.ClientHello or FrameType.ClientHeartbeat;

    private FrameRead Datagram(ReadOnlySpan<byte> rest, out Frame frame)
    {
        frame = default;
        if (rest.Length < FrameSize.DatagramHeader)
            return FrameRead.Incomplete;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[12..]);
        if (length > FrameSize.MaxDatagram)
            return FrameRead.Oversized;
        if (rest.Length < FrameSize.DatagramHeader + (int)length)
            return FrameRead.Incomplete;

        frame = new(
            _datagram,
            BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]),
            rest.Slice(FrameSize.DatagramHeader, (int)length));
        Position += FrameSize.DatagramHeader + (int)length;
        return FrameRead.Complete;
    }

    private FrameRead TcpOpening(ReadOnlySpan<byte> rest, out Frame frame)
    {
        frame = default;
        if (rest.Length < FrameSize.InboundTcp)
            return FrameRead.Incomplete;
        frame = new(
            FrameType.InboundTcp,
            BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]),
            default);
        Position += FrameSize.InboundTcp;
        return FrameRead.Complete;
    }
}
