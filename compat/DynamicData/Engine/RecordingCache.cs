using System.Runtime.InteropServices;

using DynamicData.Kernel;

namespace DynamicData.Engine;

/// <summary>
/// A dictionary that writes down what happens to it. The one place where operations become
/// changes, so every cache and every verb means the same by them.
/// </summary>
/// <remarks>
/// <code>
/// operation       key unknown   key known
/// AddOrUpdate     Add           Update(previous)
/// Remove          nothing       Remove(what was here)
/// Refresh         nothing       Refresh(what is here)
/// </code>
/// Nothing is folded together: an Add and a Remove of one key in one go are an Add and a Remove.
/// Each operation costs O(1); the record is one list, handed over by <see cref="TakeChanges"/>.
/// </remarks>
sealed class RecordingCache<TObject, TKey> : IQuery<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    const int RoomAtMost = 64;

    readonly Dictionary<TKey, TObject> _items = [];
    ChangeSet<TObject, TKey>? _changes;
    int _room = 1;

    public int Count => _items.Count;

    public IEnumerable<TObject> Items => _items.Values;

    public IEnumerable<TKey> Keys => _items.Keys;

    public IEnumerable<KeyValuePair<TKey, TObject>> KeyValues => _items;

    public Optional<TObject> Lookup(TKey key) =>
        _items.TryGetValue(key, out var item) ? item : Optional<TObject>.None;

    public bool Contains(TKey key) => _items.ContainsKey(key);

    public void AddOrUpdate(TKey key, TObject item)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, key, out var known);
        var previous = known ? slot : Optional<TObject>.None;
        slot = item;
        Record(new(known ? ChangeReason.Update : ChangeReason.Add, key, item, previous));
    }

    public void Remove(TKey key)
    {
        if (_items.Remove(key, out var item)) Record(new(ChangeReason.Remove, key, item));
    }

    public void Refresh(TKey key)
    {
        if (_items.TryGetValue(key, out var item)) Record(new(ChangeReason.Refresh, key, item));
    }

    public void Refresh()
    {
        foreach (var (key, item) in _items) Record(new(ChangeReason.Refresh, key, item));
    }

    public void Clear()
    {
        foreach (var (key, item) in _items) Record(new(ChangeReason.Remove, key, item));
        _items.Clear();
    }

    /// <summary>Does here what was done there.</summary>
    public void Apply(IChangeSet<TObject, TKey> changes)
    {
        foreach (var change in changes)
            switch (change.Reason)
            {
                case ChangeReason.Add or ChangeReason.Update:
                    AddOrUpdate(change.Key, change.Current);
                    break;
                case ChangeReason.Remove:
                    Remove(change.Key);
                    break;
                case ChangeReason.Refresh:
                    Refresh(change.Key);
                    break;
            }
    }

    /// <summary>Everything there is, as Adds.</summary>
    public ChangeSet<TObject, TKey> Snapshot()
    {
        var snapshot = new ChangeSet<TObject, TKey>(_items.Count);
        foreach (var (key, item) in _items) snapshot.Add(new(ChangeReason.Add, key, item));
        return snapshot;
    }

    /// <summary>The record since the last call, or null for none; a new one begins.</summary>
    public ChangeSet<TObject, TKey>? TakeChanges()
    {
        var taken = _changes;
        if (taken is not null) _room = Math.Min(taken.Count, RoomAtMost);
        _changes = null;
        return taken;
    }

    void Record(in Change<TObject, TKey> change) =>
        (_changes ??= new ChangeSet<TObject, TKey>(_room)).Add(change);
}
