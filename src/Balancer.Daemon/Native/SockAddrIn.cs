using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Balancer.Daemon.Native;

/// <summary>An IPv4 address and port: <c>sockaddr_in</c>, with both in network order inside and in
/// host order at its properties.</summary>
[StructLayout(LayoutKind.Sequential)]
struct SockAddrIn
{
    public ushort Family;
    public ushort NetworkPort;
    public uint NetworkAddress;
    readonly ulong _padding;

    public SockAddrIn(uint address, ushort port)
    {
        Family = (ushort)SockDomain.Inet;
        Port = port;
        Address = address;
    }

    public SockAddrIn(IPEndPoint endPoint)
        : this(BinaryPrimitives.ReadUInt32BigEndian(BytesOf(endPoint)), (ushort)endPoint.Port) { }

    public ushort Port
    {
        readonly get => Swap(NetworkPort);
        set => NetworkPort = Swap(value);
    }

    public uint Address
    {
        readonly get => Swap(NetworkAddress);
        set => NetworkAddress = Swap(value);
    }

    public override readonly string ToString() => new IPEndPoint(NetworkAddress, Port).ToString();

    // Both architectures are little-endian; the test of layouts would fail on one that is not.
    static ushort Swap(ushort value) => BinaryPrimitives.ReverseEndianness(value);
    public static uint Swap(uint value) => BinaryPrimitives.ReverseEndianness(value);

    static byte[] BytesOf(IPEndPoint endPoint) =>
        endPoint.Address.GetAddressBytes() is { Length: 4 } bytes
            ? bytes
            : throw new ArgumentException($"{endPoint} is not IPv4", nameof(endPoint));
}
