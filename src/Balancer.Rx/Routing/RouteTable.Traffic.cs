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
        var walk = List(count, of: null);
        while (walk.Walk())
        {
        }
        return [.. walk.Found.Select(found => found.Traffic)];
    }

    private RemoteTraffic TrafficOf(in RemoteSlot slot) => new(
        new(slot.Address), _places[slot.Primary].Id,
        slot.Udp, slot.UdpDropped, slot.Tcp, slot.TcpDropped,
        DateTimeOffset.FromUnixTimeSeconds(slot.FirstSeen),
        DateTimeOffset.FromUnixTimeSeconds(slot.LastSeen));
}
