namespace Balancer.Rx.Routing;

/// <summary>What is known of a remote's traffic (X2): a copy.</summary>
/// <param name="Address">Who.</param>
/// <param name="Primary">The backend it belongs to.</param>
/// <param name="Udp">Datagrams received from it.</param>
/// <param name="UdpDropped">… of which were dropped; 65,535: so many or more.</param>
/// <param name="Tcp">TCP connections established for it.</param>
/// <param name="TcpDropped">TCP connections refused to it; 65,535: so many or more.</param>
/// <param name="FirstSeen">When it was first heard of, to the second.</param>
/// <param name="LastSeen">When it was last heard of, to the second.</param>
public readonly record struct RemoteTraffic(
    ClientAddress Address,
    BackendId Primary,
    long Udp,
    long UdpDropped,
    long Tcp,
    long TcpDropped,
    DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen);
