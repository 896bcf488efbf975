namespace Balancer.Rx.Routing;

/// <summary>A remote as the data plane sees it: 32 bytes, two to a cache line.</summary>
internal struct RemoteSlot
{
    private ushort _udpDropped;
    private ushort _tcpDropped;

    /// <summary>The client's address, host order.</summary>
    public uint Address;

    /// <summary>The place of its primary; 0: this slot is empty.</summary>
    public ushort Primary;

    /// <summary>The place of a stored backup (compat only); 0: none.</summary>
    public ushort Backup;

    /// <summary>When it was last heard of, seconds since 1970 (S9).</summary>
    public uint LastSeen;

    /// <summary>Datagrams received from it (X2).</summary>
    public uint Udp;

    /// <summary>What <see cref="Udp"/> was when the traffic was last looked at.</summary>
    public uint UdpAtLook;

    /// <summary>TCP connections established for it.</summary>
    public uint Tcp;

    /// <summary>When it was first heard of, seconds since 1970.</summary>
    public uint FirstSeen;

    /// <summary>Datagrams that were dropped; stays at 65,535 when it gets there.</summary>
    public uint UdpDropped
    {
        readonly get => _udpDropped;
        set => _udpDropped = (ushort)Math.Min(value, ushort.MaxValue);
    }

    /// <summary>TCP connections refused to it; stays at 65,535 when it gets there.</summary>
    public uint TcpDropped
    {
        readonly get => _tcpDropped;
        set => _tcpDropped = (ushort)Math.Min(value, ushort.MaxValue);
    }

    /// <summary>
    /// Heard of in two different seconds, or by TCP, which proves an address. Until then it is on
    /// probation: one forged datagram looks the same.
    /// </summary>
    public readonly bool IsEstablished => LastSeen > FirstSeen || Tcp > 0;

    /// <summary>Datagrams received from it since the traffic was last looked at.</summary>
    public readonly uint SinceLook => unchecked(Udp - UdpAtLook);
}
