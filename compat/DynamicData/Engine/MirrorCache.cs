using DynamicData.Kernel;

namespace DynamicData.Engine;

/// <summary>The items a stream of changes amounts to, kept as a cache of its own.</summary>
sealed class MirrorCache<TObject, TKey> : IObservableCache<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    readonly CacheEngine<TObject, TKey> _engine = new();
    readonly Action<IChangeSet<TObject, TKey>> _apply;
    readonly IDisposable _subscription;

    public MirrorCache(IObservable<IChangeSet<TObject, TKey>> source)
    {
        _apply = _engine.Items.Apply;
        _subscription = source.Subscribe(
            changes => _engine.Edit(_apply, changes),
            error => _engine.End(error),
            () => _engine.End());
    }

    public int Count => _engine.Count;

    public IReadOnlyList<TObject> Items => _engine.CopyItems();

    public IReadOnlyList<TKey> Keys => _engine.CopyKeys();

    public IReadOnlyDictionary<TKey, TObject> KeyValues => _engine.CopyKeyValues();

    public Optional<TObject> Lookup(TKey key) => _engine.Lookup(key);

    public IObservable<IChangeSet<TObject, TKey>> Connect() => _engine.Changes;

    public void Dispose()
    {
        _subscription.Dispose();
        _engine.End();
    }
}
