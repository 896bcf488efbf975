namespace Balancer.Rx.Routing;

// For people who ask who asks most; a walk over all slots, so not to be called often.
public sealed partial class RouteTable
{
    /// <summary>
    /// The remotes that have sent most datagrams, the busiest first, lower addresses before higher
    /// ones; at most so many.
    /// </summary>
    public IReadOnlyList<RemoteTraffic> Busiest(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var least = new PriorityQueue<int, ulong>(count);
        for (var i = 0; i < _slots.Length; i++)
        {
            ref readonly var slot = ref _slots[i];
            if (slot.Primary == 0)
                continue;
            var rank = (ulong)slot.Udp << 32 | ~slot.Address;
            if (least.Count < count)
                least.Enqueue(i, rank);
            else
                least.EnqueueDequeue(i, rank);
        }
        var busiest = new RemoteTraffic[least.Count];
        while (least.TryDequeue(out var slot, out _))
            busiest[least.Count] = TrafficOf(_slots[slot]);
        return busiest;
    }

    private RemoteTraffic TrafficOf(in RemoteSlot slot) => new(
        new(slot.Address), _places[slot.Primary].Id,
        slot.Udp, slot.UdpDropped, slot.Tcp, slot.TcpDropped,
        DateTimeOffset.FromUnixTimeSeconds(slot.FirstSeen),
        DateTimeOffset.FromUnixTimeSeconds(slot.LastSeen));
}
