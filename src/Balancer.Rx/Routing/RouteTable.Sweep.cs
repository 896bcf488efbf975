using Balancer.Rx.Remotes;

namespace Balancer.Rx.Routing;

// The walks over all slots, in shares: the table of a million remotes is 64 MB, and no datagram
// waits for a walk over that. One finds idle remotes; RouteTable.Look.cs has those over traffic.
public sealed partial class RouteTable
{
    /// <summary>So many slots are looked at in one share: 2 MB.</summary>
    private const int SlotsPerShare = 65_536;

    /// <inheritdoc/>
    public RemoteStanding StandingOf(ClientAddress client)
    {
        var slot = Find(client.Value);
        return slot < 0 ? RemoteStanding.Unknown
            : _slots[slot].IsEstablished ? RemoteStanding.Established
            : RemoteStanding.OnProbation;
    }

    /// <inheritdoc/>
    public int IdleSince(uint second, Span<ClientAddress> found, ref RemoteSweep sweep)
    {
        if (sweep.Slots != _slots.Length)
            Begin(ref sweep);
        var mask = _slots.Length - 1;
        var count = 0;
        for (var looked = 0; looked < SlotsPerShare && sweep.Left > 0; looked++)
        {
            if (count == found.Length)
                break;
            ref readonly var slot = ref _slots[sweep.Start + sweep.Left & mask];
            if (slot.Primary != 0 && slot.LastSeen < second)
                found[count++] = new(slot.Address);
            sweep.Left--;
        }
        return count;
    }

    // Downwards from an empty slot: what a removal moves has been looked at already.
    private void Begin(ref RemoteSweep sweep)
    {
        var empty = 0;
        while (_slots[empty].Primary != 0)
            empty++;
        sweep = new() { Slots = _slots.Length, Start = empty, Left = _slots.Length - 1 };
    }
}
