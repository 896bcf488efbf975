using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>The head of a control message: <c>cmsghdr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct CMsgHdr
{
    public nuint Length;
    public int Level;
    public int Type;
}

/// <summary>Which local interface and address a datagram belongs to: <c>in_pktinfo</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct InPktInfo
{
    public int Interface;
    /// <summary>Ours: where it came to, and what an answer should leave from.</summary>
    public uint LocalNetworkAddress;
    /// <summary>What the header of the datagram says; it may be a broadcast address.</summary>
    public uint HeaderNetworkAddress;
}

/// <summary>The whole control buffer of a datagram when IP_PKTINFO is the only option that asks
/// for control messages: exactly one message, padded as <c>CMSG_SPACE</c> would.</summary>
[StructLayout(LayoutKind.Sequential)]
struct PacketInfoControl
{
    const int LevelIp = 0, TypePacketInfo = 8;

    public CMsgHdr Head;
    public InPktInfo Info;
    readonly int _padding;

    /// <summary>To be given as a header's control length: <c>CMSG_SPACE</c>.</summary>
    public static nuint Space => (nuint)Unsafe.SizeOf<PacketInfoControl>();

    /// <summary>What the message itself says it is long: <c>CMSG_LEN</c>.</summary>
    static nuint Filled => (nuint)(Unsafe.SizeOf<CMsgHdr>() + Unsafe.SizeOf<InPktInfo>());

    /// <summary>Control data by which a datagram leaves from the given local address.</summary>
    public static PacketInfoControl From(uint localNetworkAddress) => new()
    {
        Head = new CMsgHdr { Length = Filled, Level = LevelIp, Type = TypePacketInfo },
        Info = new InPktInfo { LocalNetworkAddress = localNetworkAddress },
    };

    /// <summary>The local address a received datagram came to, or zero if the kernel did not say.
    /// </summary>
    public readonly uint LocalAddressOr0(nuint receivedLength) =>
        receivedLength >= Filled && Head is { Level: LevelIp, Type: TypePacketInfo }
            ? Info.LocalNetworkAddress
            : 0;
}
