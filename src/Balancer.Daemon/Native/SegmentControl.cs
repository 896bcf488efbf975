using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>The control message that has the kernel cut what is sent into datagrams of one length;
/// the last may be shorter: UDP_SEGMENT, since Linux 4.18.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SegmentControl
{
    const int LevelUdp = 17, TypeSegment = 103;

    public CMsgHdr Head;
    public ushort Length;
    readonly ushort _padding;
    readonly uint _morePadding;

    /// <summary>To be given as a header's control length: <c>CMSG_SPACE</c>.</summary>
    public static nuint Space => (nuint)Unsafe.SizeOf<SegmentControl>();

    /// <summary>Control data for datagrams of this many bytes.</summary>
    public static SegmentControl Of(int length) => new()
    {
        Head = new CMsgHdr
        {
            Length = (nuint)(Unsafe.SizeOf<CMsgHdr>() + sizeof(ushort)),
            Level = LevelUdp,
            Type = TypeSegment,
        },
        Length = (ushort)length,
    };
}

/// <summary>What may be said of one message that is sent, in the order in which it is said: either,
/// both, or (with no control length) none.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SendControl
{
    public PacketInfoControl Local;
    public SegmentControl Segment;
}
