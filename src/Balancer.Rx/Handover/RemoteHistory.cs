using Balancer.Rx.Recording;

namespace Balancer.Rx.Handover;

/// <summary>What was decided and counted of a remote, besides whose it is.</summary>
/// <param name="Stamp">Why it has its backend, and since when.</param>
/// <param name="FirstSeen">When it was first heard of, seconds since 1970.</param>
/// <param name="LastSeen">When it was last.</param>
/// <param name="Udp">Datagrams received from it.</param>
/// <param name="UdpAtLook">What that was when the traffic was last looked at.</param>
/// <param name="UdpDropped">Datagrams that were dropped.</param>
/// <param name="Tcp">Connections established for it.</param>
/// <param name="TcpDropped">Connections refused to it.</param>
internal readonly record struct RemoteHistory(
    long Stamp, uint FirstSeen, uint LastSeen, uint Udp, uint UdpAtLook, uint UdpDropped,
    uint Tcp, uint TcpDropped)
{
    public static void Write(TapeWriter to, RemoteHistory history)
    {
        to.Number(history.Stamp);
        to.Unsigned(history.FirstSeen);
        to.Unsigned(history.LastSeen);
        to.Unsigned(history.Udp);
        to.Unsigned(history.UdpAtLook);
        to.Unsigned(history.UdpDropped);
        to.Unsigned(history.Tcp);
        to.Unsigned(history.TcpDropped);
    }

    public static RemoteHistory Read(TapeReader from) => new(
        from.Number(), Small(from), Small(from), Small(from), Small(from), Small(from),
        Small(from), Small(from));

    private static uint Small(TapeReader from) => from.Unsigned() is <= uint.MaxValue and var count
        ? (uint)count
        : throw new TapeException("a count that is too large");
}
