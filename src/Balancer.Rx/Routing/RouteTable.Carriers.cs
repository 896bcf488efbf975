namespace Balancer.Rx.Routing;

// Who carries. Of the backends that live, those that are given all of their remotes carry theirs
// and stand in for others; one that starts slowly gets a part of its own; one that is given none
// (it is suspect, held down, leaving) gets none while anybody else can carry. What counts is who is
// given most: where nobody is given all, those carry for all; so where nobody is given any,
// distrust is ignored and everybody that lives carries.
//
// Of those that are given most, only the lowest order carries: a standby does while no other
// backend is given as many, and while one that comes back starts slowly, a standby has what is not
// given to that one yet. Besides, a standby serves who is pinned to it.
public sealed partial class RouteTable
{
    private Carrier[] _carriers = [];
    private int _order;

    /// <summary>How many backends can carry now.</summary>
    public int Carrying => _carriers.Length;

    /// <summary>
    /// The lane that serves this remote now; -1 if none can. Its primary's, else the one of the
    /// highest rendezvous weight, else (compat) that of its stored backup.
    /// </summary>
    internal int Lane(int slot) => Lane(in _slots[slot]);

    private int Lane(in RemoteSlot s)
    {
        ref readonly var place = ref _places[s.Primary];
        if (place.Parts > 0 && s.Backup == 0
            && (place.Parts == BackendShare.Whole || HasPart(place, s.Address)))
        {
            return place.Lane;
        }
        if (!_storesBackups)
            return Backup(s.Address, except: -1);
        return s.Backup != 0 ? _places[s.Backup].Lane : place.Lane;
    }

    /// <summary>The lane that serves this client, known or not, other than the one given; where
    /// that is the last that carries, a standby's that would then; -1 if there is none.</summary>
    internal int LaneOf(uint address, int except)
    {
        var slot = Find(address);
        var lane = slot >= 0 ? Lane(slot) : _areChosen ? StrangersLane(address) : -1;
        if (lane < 0 || lane == except)
            lane = Backup(address, except);
        return lane >= 0 ? lane : AnyLane(address, except, BackendShare.Whole);
    }

    /// <summary>
    /// The lane of highest rendezvous weight for this address, other than the one given; -1 if
    /// there is none.
    /// </summary>
    internal int Backup(uint address, int except)
    {
        var best = -1;
        var strongest = default(Claim);
        foreach (var carrier in _carriers)
        {
            if (carrier.Lane == except)
                continue;
            var claim = Rendezvous.Claim(address, carrier.Backend);
            if (claim.Beats(strongest))
                (best, strongest) = (carrier.Lane, claim);
        }
        return best;
    }

    /// <summary>The same among all that live, and are given so many of their remotes at least,
    /// standbys last; a walk.</summary>
    internal int AnyLane(uint address, int except, int given = 0)
    {
        var (best, order, strongest) = (-1, int.MaxValue, default(Claim));
        foreach (var at in _placeOf.Values)
        {
            ref readonly var place = ref _places[at];
            if (place.Lane < 0 || place.Lane == except || place.Given < given
                || place.Order > order)
            {
                continue;
            }
            var claim = Rendezvous.Claim(address, new(place.Id, place.Weight));
            if (place.Order < order || claim.Beats(strongest))
                (best, order, strongest) = (place.Lane, place.Order, claim);
        }
        return best;
    }

    /// <summary>The backend that has this lane.</summary>
    internal BackendId CarrierOf(int lane) => Array.Find(_places, place =>
        place.Lane == lane && place.Id != default).Id;

    /// <summary>
    /// The backend of highest weight that is not among these; null if there is none.
    /// </summary>
    internal BackendId? Untried(uint address, ReadOnlySpan<BackendId> tried)
    {
        BackendId? best = null;
        var strongest = default(Claim);
        foreach (var carrier in _carriers)
        {
            var claim = Rendezvous.Claim(address, carrier.Backend);
            if (!tried.Contains(carrier.Backend.Id) && claim.Beats(strongest))
                (best, strongest) = (carrier.Backend.Id, claim);
        }
        return best;
    }

    internal void SetCarrier(BackendId id, int lane, int parts)
    {
        ref var place = ref _places[PlaceFor(id)];
        (place.Lane, place.Given) = (lane, parts);
        CountCarriers();
    }

    internal void SetParts(BackendId id, int parts)
    {
        if (!_placeOf.TryGetValue(id, out var place) || _places[place].Lane < 0)
            return;
        _places[place].Given = parts;
        CountCarriers();
    }

    internal void ClearCarrier(BackendId id)
    {
        var place = _placeOf[id];
        (_places[place].Lane, _places[place].Given, _places[place].Parts) = (-1, 0, 0);
        Release(place);
        CountCarriers();
    }

    // Which part a remote is in is a matter of both, so that not the same remotes are always last.
    private static bool HasPart(in Place place, uint address) =>
        (int)(Rendezvous.Lot(address, place.Id) % BackendShare.Whole) < place.Parts;

    private void CountCarriers()
    {
        var living = _placeOf
            .Where(of => _places[of.Value].Lane >= 0)
            .OrderBy(of => of.Key)
            .Select(of => of.Value)
            .ToArray();
        var most = living.Select(place => _places[place].Given).DefaultIfEmpty(0).Max();
        var best = Array.FindAll(living, place => _places[place].Given == most);
        _order = best.Select(place => _places[place].Order).DefaultIfEmpty(0).Min();
        var carrying = Array.FindAll(best, place => _places[place].Order == _order);
        foreach (var place in living)
            _places[place].Parts = _places[place].Given;
        foreach (var place in carrying)
            _places[place].Parts = BackendShare.Whole;
        _carriers = Array.ConvertAll(carrying, place => new Carrier(
            new(_places[place].Id, _places[place].Weight), _places[place].Lane));
    }

    private readonly record struct Carrier(Weighted Backend, int Lane);
}
