namespace Balancer.Rx.Routing;

/// <summary>A remote as the data plane sees it: 32 bytes, two to a cache line.</summary>
internal struct RemoteSlot
{
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

    /// <summary>… of which were dropped.</summary>
    public uint UdpDropped;

    /// <summary>TCP connections established for it.</summary>
    public uint Tcp;

    /// <summary>TCP connections refused to it.</summary>
    public uint TcpDropped;

    /// <summary>When it was first heard of, seconds since 1970.</summary>
    public uint FirstSeen;
}
