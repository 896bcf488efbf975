using DynamicData.Kernel;

namespace DynamicData.Engine;

/// <summary>The hand an edit gets on the items of its cache.</summary>
sealed class SourceUpdater<TObject, TKey>(
    RecordingCache<TObject, TKey> items, Func<TObject, TKey> keySelector)
    : ISourceUpdater<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    public int Count => items.Count;

    public IEnumerable<TObject> Items => items.Items;

    public IEnumerable<TKey> Keys => items.Keys;

    public IEnumerable<KeyValuePair<TKey, TObject>> KeyValues => items.KeyValues;

    public Optional<TObject> Lookup(TKey key) => items.Lookup(key);

    public void AddOrUpdate(TObject item) => items.AddOrUpdate(keySelector(item), item);

    public void AddOrUpdate(IEnumerable<TObject> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        foreach (var item in items) AddOrUpdate(item);
    }

    public void Remove(TObject item) => items.Remove(keySelector(item));

    public void Remove(TKey key) => items.Remove(key);

    public void RemoveKey(TKey key) => items.Remove(key);

    public void Clear() => items.Clear();

    public void Refresh(TObject item) => items.Refresh(keySelector(item));

    public void Refresh(TKey key) => items.Refresh(key);

    public void Refresh() => items.Refresh();
}
