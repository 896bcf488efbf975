using DynamicData.Kernel;

namespace DynamicData.Engine;

/// <summary>A cache, its editing side hidden. Disposing it ends nothing.</summary>
sealed class ReadOnlyCache<TObject, TKey>(IObservableCache<TObject, TKey> source)
    : IObservableCache<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    public int Count => source.Count;

    public IReadOnlyList<TObject> Items => source.Items;

    public IReadOnlyList<TKey> Keys => source.Keys;

    public IReadOnlyDictionary<TKey, TObject> KeyValues => source.KeyValues;

    public Optional<TObject> Lookup(TKey key) => source.Lookup(key);

    public IObservable<IChangeSet<TObject, TKey>> Connect() => source.Connect();

    public void Dispose()
    {
    }
}
