// THE WIRE: what balancer and backend say to each other over an AF_UNIX stream socket.
//
// The balancer connects; the backend listens (E1). Every number is a little-endian u32, the first
// of a frame is its type. There is no version and no length in front of a frame, so an unknown type
// cannot be skipped: it ends the connection, on either side (F10, E8).
//
//   from the balancer                          from the backend
//   1  CLIENT_HELLO                     4 B    1001  SERVER_HELLO                       4 B
//   2  INBOUND_UDP  ip port len data 16+N B    1002  OUTBOUND_UDP  ip port len data  16+N B
//   3  INBOUND_TCP  ip port            12 B    1003  INBOUND_TCP_OK                     4 B
//   4  CLIENT_HEARTBEAT                 4 B    1004  SERVER_HEARTBEAT                   4 B
//
// A session opens with CLIENT_HELLO, answered by SERVER_HELLO; then queries, answers and heartbeats
// share it, answers in any order, each CLIENT_HEARTBEAT answered once (E3, E4). A client's TCP
// connection gets a connection of its own: INBOUND_TCP, INBOUND_TCP_OK, then the client's bytes
// verbatim in both directions.
//
// The address is the host-order number: 10.77.77.5 travels as 05 4D 4D 0A (F9). Not promised by the
// wire: that answers match questions, that ports fit sixteen bits, that frames arrive whole (F11).

namespace Balancer.Rx.Protocol;

/// <summary>The type of a frame, its first four bytes (F1 to F8).</summary>
public enum FrameType : uint
{
    /// <summary>F1: the balancer opens a session.</summary>
    ClientHello = 1,

    /// <summary>F2: a datagram from a client.</summary>
    InboundUdp = 2,

    /// <summary>F3: this connection carries one client's TCP bytes.</summary>
    InboundTcp = 3,

    /// <summary>F4: are you there?</summary>
    ClientHeartbeat = 4,

    /// <summary>F5: the backend accepts the session.</summary>
    ServerHello = 1001,

    /// <summary>F6: a datagram for a client.</summary>
    OutboundUdp = 1002,

    /// <summary>F7: the last frame on a TCP connection; raw bytes follow.</summary>
    InboundTcpOk = 1003,

    /// <summary>F8: I am.</summary>
    ServerHeartbeat = 1004,
}

/// <summary>Sizes and limits of the wire, in bytes.</summary>
public static class FrameSize
{
    /// <summary>A frame that is only its type.</summary>
    public const int Bare = 4;

    /// <summary>INBOUND_TCP: type, address, port.</summary>
    public const int InboundTcp = 12;

    /// <summary>What stands before the data of INBOUND_UDP and OUTBOUND_UDP.</summary>
    public const int DatagramHeader = 16;

    /// <summary>The largest datagram that is carried, either way (M15, M16).</summary>
    public const int MaxDatagram = 1500;

    /// <summary>The largest frame there is.</summary>
    public const int Max = DatagramHeader + MaxDatagram;
}
