using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>A piece of memory to read into or write from: <c>iovec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct IoVec(byte* start, int length)
{
    public byte* Start = start;
    public nuint Length = (nuint)length;
}

/// <summary>One message: where from or to, its pieces, its control data: <c>msghdr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
unsafe struct MsgHdr
{
    public SockAddrIn* Name;
    public uint NameLength;
    public IoVec* Pieces;
    public nuint PieceCount;
    public void* Control;
    public nuint ControlLength;
    public MsgFlags Flags;
}

/// <summary>One message of a batch, and how long it turned out to be: <c>mmsghdr</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
struct MMsgHdr
{
    public MsgHdr Header;
    public uint Length;
}
