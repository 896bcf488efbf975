// ROUTES: what the data plane reads.
//
// Two flat tables joined at reading time. A slot per remote holds the place of its primary; a place
// per backend holds the lane that carries its queries now, or none, and how many of its remotes it
// gets (RouteTable.Carriers.cs). So when a backend dies one place changes, however many remotes it
// had, and when it is back one place changes again.
//
// Open addressing with linear probing and backward-shift deletion: no tombstones, no allocation on
// look-up, two cache lines for most look-ups. Written by Router alone, on the loop that reads it.
// Not promised: any order of the slots, or that a slot's number outlives the next insertion.

using System.Diagnostics;
using Balancer.Rx.Remotes;

namespace Balancer.Rx.Routing;

/// <summary>The joined tables.</summary>
public sealed partial class RouteTable : IRemoteActivity
{
    private const int MaxPlaces = 4_096;

    private readonly ulong _multiplier;
    private readonly bool _storesBackups;
    private readonly Dictionary<BackendId, ushort> _placeOf = [];
    private readonly Stack<ushort> _freePlaces = new();
    private readonly Place[] _places;
    private int _placesUsed = 1;
    private RemoteSlot[] _slots;
    private int _shift = 64 - 10;

    /// <summary>An empty table.</summary>
    public RouteTable(BalancerOptions options)
    {
        _multiplier = Mixing.OddMultiplier(options.HashSeed, 1);
        _storesBackups = options.Backup == BackupPolicy.RoundRobin;
        _areChosen = options.Affinity == AffinityPolicy.Rendezvous;
        _policy = options.Policy;
        _places = new Place[MaxPlaces];
        _slots = new RemoteSlot[1_024];
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    // ---- the data plane reads

    /// <summary>
    /// The slot of this address, or -1. Good until the next insertion or removal.
    /// </summary>
    internal int Find(uint address)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        for (var i = Home(address); ; i = i + 1 & mask)
        {
            ref var slot = ref slots[i];
            if (slot.Primary == 0)
                return -1;
            if (slot.Address == address)
                return i;
        }
    }

    internal ref RemoteSlot Slot(int slot) => ref _slots[slot];

    /// <summary>A datagram of this remote was dropped for want of a backend (X2).</summary>
    internal void CountDrop(int slot) => _slots[slot].UdpDropped++;

    /// <summary>
    /// Whether the control plane must decide before this remote is served: where backups are
    /// stored, and its primary or backup has come or gone (S5, S6).
    /// </summary>
    internal bool IsUndecided(int slot)
    {
        if (!_storesBackups)
            return false;
        ref var s = ref _slots[slot];
        var primaryCarries = _places[s.Primary].Lane >= 0;
        return s.Backup == 0 ? !primaryCarries : primaryCarries || _places[s.Backup].Lane < 0;
    }

    /// <inheritdoc/>
    public int RemotesOf(BackendId id) =>
        _placeOf.TryGetValue(id, out var place) ? _places[place].Remotes : 0;

    // ---- the router writes

    internal void Add(ClientAddress remote, BackendId primary, BackendId? backup, uint seen)
    {
        if ((Count + 1) * 2 > _slots.Length)
            Grow();
        var slot = EmptySlotFor(remote.Value);
        _slots[slot] = new()
        {
            Address = remote.Value,
            Primary = Occupy(primary),
            Backup = Stand(backup),
            FirstSeen = seen,
            LastSeen = seen,
        };
        Count++;
    }

    internal void Change(ClientAddress remote, BackendId primary, BackendId? backup)
    {
        ref var slot = ref _slots[Find(remote.Value)];
        var last = slot;
        slot.Primary = Occupy(primary);
        slot.Backup = Stand(backup);
        Leave(last);
    }

    internal void Remove(ClientAddress remote)
    {
        var hole = Find(remote.Value);
        Leave(_slots[hole]);
        Count--;

        var mask = _slots.Length - 1;
        for (var i = hole + 1 & mask; _slots[i].Primary != 0; i = i + 1 & mask)
        {
            // A slot may fill the hole unless its home lies behind the hole.
            if ((i - Home(_slots[i].Address) & mask) < (i - hole & mask))
                continue;
            _slots[hole] = _slots[i];
            hole = i;
        }
        _slots[hole] = default;
    }

    private int Home(uint address) => (int)(address * _multiplier >> _shift);

    private int EmptySlotFor(uint address)
    {
        var mask = _slots.Length - 1;
        var i = Home(address);
        while (_slots[i].Primary != 0)
        {
            Debug.Assert(_slots[i].Address != address, "a remote has one slot");
            i = i + 1 & mask;
        }
        return i;
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new RemoteSlot[old.Length * 2];
        _shift--;
        foreach (ref var slot in old.AsSpan())
        {
            if (slot.Primary != 0)
                _slots[EmptySlotFor(slot.Address)] = slot;
        }
    }

    private ushort PlaceFor(BackendId id)
    {
        if (_placeOf.TryGetValue(id, out var place))
            return place;
        if (!_freePlaces.TryPop(out place))
            place = checked((ushort)_placesUsed++);
        _places[place] = new() { Id = id, Lane = -1 };
        SetPolicy(ref _places[place]);
        _placeOf[id] = place;
        return place;
    }

    private ushort Occupy(BackendId primary)
    {
        var place = PlaceFor(primary);
        _places[place].Remotes++;
        return place;
    }

    private ushort Stand(BackendId? backup)
    {
        if (backup is not { } id)
            return 0;
        var place = PlaceFor(id);
        _places[place].Backups++;
        return place;
    }

    private void Leave(in RemoteSlot slot)
    {
        _places[slot.Primary].Remotes--;
        Release(slot.Primary);
        if (slot.Backup == 0)
            return;
        _places[slot.Backup].Backups--;
        Release(slot.Backup);
    }

    // A place is given back when it carries nothing and no remote names it.
    private void Release(ushort place)
    {
        ref var p = ref _places[place];
        Debug.Assert(p.Remotes >= 0 && p.Backups >= 0, "places count their remotes");
        if (p.Lane >= 0 || p.Remotes > 0 || p.Backups > 0)
            return;
        _placeOf.Remove(p.Id);
        _freePlaces.Push(place);
        p = new() { Lane = -1 };
    }
}
