using Balancer.Rx.Remotes;

namespace Balancer.Rx.Routing;

// Why a client goes where it goes, asked of the very code that sends it there; and what would
// become of all of them if a backend went or came, asked of a copy of the places in which it has.
public sealed partial class RouteTable
{
    // The slots are read, never written; of the places this one has its own.
    private RouteTable(RouteTable of, int room)
    {
        _multiplier = of._multiplier;
        _storesBackups = of._storesBackups;
        _areChosen = of._areChosen;
        (_policy, _homes, _order) = (of._policy, of._homes, of._order);
        _slots = of._slots;
        _shift = of._shift;
        _carriers = of._carriers;
        _placesUsed = of._placesUsed;
        _placeOf = new(of._placeOf);
        _freePlaces = new(of._freePlaces.Reverse());
        _places = new Place[room];
        of._places.AsSpan(0, _placesUsed).CopyTo(_places);
        _places.AsSpan(_placesUsed).Fill(new() { Lane = -1 });
        Count = of.Count;
    }

    /// <summary>Its route now; of one that is not known, that of a stranger for whom there is no
    /// place.</summary>
    internal Route RouteOf(ClientAddress client)
    {
        var slot = Find(client.Value);
        var found = slot >= 0 ? _slots[slot] : Stranger(client.Value);
        return found.Primary != 0
            ? RouteOf(found)
            : new(RouteBecause.Stranger, default, BackendOf(Backup(client.Value, -1)), 0);
    }

    /// <summary>The route that it would have as a remote of this backend.</summary>
    internal Route RouteOf(ClientAddress client, BackendId primary) =>
        _placeOf.TryGetValue(primary, out var place)
            ? RouteOf(new RemoteSlot { Address = client.Value, Primary = place })
            : RouteOf(client);

    /// <summary>Backups are stored, as the original did: a drain moves nobody then.</summary>
    internal bool StoresBackups => _storesBackups;

    /// <summary>How many of 16 parts of its remotes a backend is given, seen what others are; 0:
    /// none, or it cannot carry.</summary>
    internal int PartsOf(BackendId id) =>
        _placeOf.TryGetValue(id, out var place) ? _places[place].Parts : 0;

    /// <summary>What is known of its traffic; null: it is not known.</summary>
    internal RemoteTraffic? TrafficOf(ClientAddress client) =>
        Find(client.Value) is >= 0 and var slot ? TrafficOf(_slots[slot]) : null;

    /// <summary>Who would serve it now if this backend's session ended now; null: nobody, or (where
    /// backups are stored) whoever is next in turn when it asks.</summary>
    internal BackendId? ServedWithout(ClientAddress client, BackendId gone)
    {
        var supposed = Supposing(new Supposition.Kill(gone), forLater: false);
        return supposed.RouteOf(client).ServedBy;
    }

    /// <summary>These routes with something changed; the original is left alone, and shares its
    /// slots as they are now: with room for one more place, so to be asked at once, or for all that
    /// slots may name later.</summary>
    private RouteTable Supposing(Supposition? what, bool forLater)
    {
        var supposed = new RouteTable(this, forLater ? MaxPlaces : _placesUsed + 1);
        switch (what)
        {
            case Supposition.Kill kill when IsPlaced(kill.Id):
                supposed.ClearCarrier(kill.Id);
                break;
            case Supposition.Drain drain:
                supposed.SetParts(drain.Id, 0);
                break;
            case Supposition.Add add:
                supposed.SetCarrier(add.Id, add.Lane, BackendShare.Whole);
                break;
            default: break;
        }
        return supposed;
    }

    private bool IsPlaced(BackendId id) => _placeOf.ContainsKey(id);

    private BackendId? BackendOf(int lane) => lane < 0 ? null : CarrierOf(lane);

    private Route RouteOf(in RemoteSlot s)
    {
        var lane = Lane(in s);
        ref readonly var place = ref _places[s.Primary];
        var because =
            lane < 0 ? RouteBecause.NobodyCarries
            : lane == place.Lane ? RouteBecause.Primary
            : s.Backup != 0 ? RouteBecause.StoredBackup
            : place.Lane < 0 ? RouteBecause.PrimaryDown
            : place.Parts == 0 ? RouteBecause.PrimaryGivenNone
            : RouteBecause.NotInPart;
        return new(because, place.Id, BackendOf(lane), place.Parts);
    }
}

/// <summary>Who serves a client, and by which rule.</summary>
/// <param name="Because">The rule.</param>
/// <param name="Primary">Whose it is; zero for a stranger.</param>
/// <param name="ServedBy">Who; null: nobody can.</param>
/// <param name="Parts">How many of 16 parts of its remotes the primary is given.</param>
internal readonly record struct Route(
    RouteBecause Because, BackendId Primary, BackendId? ServedBy, int Parts);

/// <summary>The rules.</summary>
internal enum RouteBecause
{
    /// <summary>Its primary carries.</summary>
    Primary,

    /// <summary>Its primary cannot carry: the highest rendezvous weight.</summary>
    PrimaryDown,

    /// <summary>Its primary lives and is given nobody: the same.</summary>
    PrimaryGivenNone,

    /// <summary>Its primary is given a part of its remotes, and not this one: the same.</summary>
    NotInPart,

    /// <summary>The stored backup (compat only).</summary>
    StoredBackup,

    /// <summary>It is not known: the highest rendezvous weight.</summary>
    Stranger,

    /// <summary>Nobody can, or (compat) it is decided when it asks.</summary>
    NobodyCarries,
}

/// <summary>What might happen to a backend.</summary>
internal abstract record Supposition
{
    private Supposition() { }

    /// <summary>Its session ends.</summary>
    public sealed record Kill(BackendId Id) : Supposition;

    /// <summary>It is drained.</summary>
    public sealed record Drain(BackendId Id) : Supposition;

    /// <summary>A new one carries, on a lane that nobody has.</summary>
    public sealed record Add(BackendId Id, int Lane) : Supposition;
}
