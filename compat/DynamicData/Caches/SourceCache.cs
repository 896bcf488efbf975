using DynamicData.Engine;
using DynamicData.Kernel;

namespace DynamicData;

/// <summary>Where changes begin: keyed items, edited by hand.</summary>
/// <remarks>
/// <code>
/// Edit(nothing)          no changeset
/// Edit(anything else)    one changeset, in the order of the operations
/// Connect                a snapshot as Adds, if there are items; then every changeset
/// Dispose                completion; the items stay to be read
/// </code>
/// </remarks>
public sealed class SourceCache<TObject, TKey> : ISourceCache<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    readonly CacheEngine<TObject, TKey> _engine = new();
    readonly SourceUpdater<TObject, TKey> _updater;

    /// <summary>An empty cache.</summary>
    public SourceCache(Func<TObject, TKey> keySelector)
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        KeySelector = keySelector;
        _updater = new SourceUpdater<TObject, TKey>(_engine.Items, keySelector);
    }

    /// <inheritdoc/>
    public Func<TObject, TKey> KeySelector { get; }

    /// <inheritdoc/>
    public int Count => _engine.Count;

    /// <inheritdoc/>
    public IReadOnlyList<TObject> Items => _engine.CopyItems();

    /// <inheritdoc/>
    public IReadOnlyList<TKey> Keys => _engine.CopyKeys();

    /// <inheritdoc/>
    public IReadOnlyDictionary<TKey, TObject> KeyValues => _engine.CopyKeyValues();

    /// <inheritdoc/>
    public Optional<TObject> Lookup(TKey key) => _engine.Lookup(key);

    /// <inheritdoc/>
    public IObservable<IChangeSet<TObject, TKey>> Connect() => _engine.Changes;

    /// <inheritdoc/>
    public void Edit(Action<ISourceUpdater<TObject, TKey>> updateAction)
    {
        ArgumentNullException.ThrowIfNull(updateAction);
        _engine.Edit(updateAction, _updater);
    }

    /// <summary>Completes all who follow.</summary>
    public void Dispose() => _engine.End();
}
