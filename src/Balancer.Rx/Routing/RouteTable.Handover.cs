using Balancer.Rx.Handover;
using Balancer.Rx.Remotes;

namespace Balancer.Rx.Routing;

// What it has counted, to another process and from one.
public sealed partial class RouteTable
{
    /// <summary>What is known of this remote, which has a route.</summary>
    internal RemoteHistory HistoryOf(Remote remote)
    {
        ref var slot = ref _slots[Find(remote.Address.Value)];
        return new(
            remote.Stamp, slot.FirstSeen, slot.LastSeen, slot.Udp, slot.UdpAtLook,
            slot.UdpDropped, slot.Tcp, slot.TcpDropped);
    }

    /// <summary>This was known of it; nothing happens if it has no route.</summary>
    internal void Recall(ClientAddress remote, in RemoteHistory history)
    {
        if (Find(remote.Value) is not (>= 0 and var at))
            return;
        ref var slot = ref _slots[at];
        (slot.FirstSeen, slot.LastSeen) = (history.FirstSeen, history.LastSeen);
        (slot.Udp, slot.UdpAtLook) = (history.Udp, history.UdpAtLook);
        (slot.UdpDropped, slot.Tcp) = (history.UdpDropped, history.Tcp);
        slot.TcpDropped = history.TcpDropped;
    }

    /// <summary>Who was heard of in this second or later; a walk over all slots.</summary>
    internal List<ClientAddress> SeenSince(uint second)
    {
        var found = new List<ClientAddress>();
        foreach (ref var slot in _slots.AsSpan())
        {
            if (slot.Primary != 0 && slot.LastSeen >= second)
                found.Add(new(slot.Address));
        }
        return found;
    }
}
