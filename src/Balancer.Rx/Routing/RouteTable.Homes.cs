using Balancer.Rx.Remotes;

namespace Balancer.Rx.Routing;

// Where clients belong by the policy, as the routes need it: for those that have no slot, and to
// find slots that name another. By turn there are no homes: whose a remote is stands in its slot.
public sealed partial class RouteTable
{
    private readonly bool _areChosen;
    private BackendPolicy _policy;
    private Weighted[] _homes = [];

    /// <summary>Weights and standbys.</summary>
    internal BackendPolicy Policy => _policy;

    /// <summary>What those weigh together that carry now.</summary>
    internal int CarryingWeight => _carriers.Sum(carrier => carrier.Backend.Weight);

    /// <summary>Whether anybody but those who are pinned to it is given to this backend now.
    /// </summary>
    internal bool Takes(BackendId id) => _placeOf.TryGetValue(id, out var place)
        && _places[place].Parts > 0 && _places[place].Order <= _order;

    /// <summary>What holds from now on, of the backends that exist now.</summary>
    internal void Heed(BackendPolicy policy, IEnumerable<BackendId> known)
    {
        _policy = policy;
        if (_areChosen)
            _homes = policy.Homes(known);
        foreach (var place in _placeOf.Values)
            SetPolicy(ref _places[place]);
        CountCarriers();
    }

    /// <summary>The lane that serves a client that has no slot, as if it had one; -1: none does.
    /// </summary>
    internal int StrangersLane(uint address)
    {
        var stranger = Stranger(address);
        return stranger.Primary == 0 ? Backup(address, except: -1) : Lane(in stranger);
    }

    /// <inheritdoc/>
    int IRemoteActivity.Astray(Span<ClientAddress> found, ref RemoteSweep sweep)
    {
        if (sweep.Slots != _slots.Length)
            Begin(ref sweep);
        var count = 0;
        var share = Math.Max(LeastPerShare, WeightsPerShare / (_homes.Length + 1));
        for (; share > 0 && sweep.Left > 0 && count < found.Length; share--)
        {
            ref readonly var slot = ref _slots[sweep.Start + sweep.Left & _slots.Length - 1];
            if (slot.Primary != 0 && IsAstray(in slot))
                found[count++] = new(slot.Address);
            sweep.Left--;
        }
        return count;
    }

    private bool IsAstray(in RemoteSlot slot)
    {
        ref readonly var place = ref _places[slot.Primary];
        return _areChosen
            ? _homes.Length > 0 && Rendezvous.Choose(slot.Address, _homes) != place.Id
            : place.Order > 0;
    }

    // Whether this backend, which has a place, would be the home of a remote of another.
    private bool IsClaimed(in RemoteSlot slot, BackendId by)
    {
        ref readonly var place = ref _places[_placeOf[by]];
        ref readonly var primary = ref _places[slot.Primary];
        return place.Order == 0
            && Rendezvous.Claim(slot.Address, new(place.Id, place.Weight)).Beats(
                Rendezvous.Claim(slot.Address, new(primary.Id, primary.Weight)));
    }

    // Without a place the home cannot carry.
    private RemoteSlot Stranger(uint address) => new()
    {
        Address = address,
        Primary = _homes.Length > 0
            && _placeOf.TryGetValue(Rendezvous.Choose(address, _homes), out var place)
            ? place
            : (ushort)0,
    };

    private void SetPolicy(ref Place place) =>
        (place.Weight, place.Order) = (_policy.WeightOf(place.Id), _policy.OrderOf(place.Id));
}
