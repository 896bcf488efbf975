using System.Reactive.Linq;

using DynamicData.Engine;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>Turns listings of everything into what changed from each to the next.</summary>
    /// <remarks>
    /// <code>
    /// listed now, not before           Add
    /// listed before and now            Update(previous), unless equal
    /// listed before, not now           Remove; the Removes come first
    /// the same listing, or none yet    nothing
    /// error, completion                the same
    /// </code>
    /// Of two items with one key the later counts.
    /// </remarks>
    public static IObservable<IChangeSet<TObject, TKey>> EditDiff<TObject, TKey>(
        this IObservable<IEnumerable<TObject>> source,
        Func<TObject, TKey> keySelector,
        IEqualityComparer<TObject>? equalityComparer = null)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(keySelector);
        var equal = equalityComparer ?? EqualityComparer<TObject>.Default;
        return new EditDiff<TObject, TKey>(source, keySelector, equal).Run();
    }

    /// <summary>Makes the cache hold these items and no others, in one changeset.</summary>
    /// <remarks>
    /// <code>
    /// listed, not in the cache         Add
    /// listed and in the cache          Update(previous), unless equal
    /// in the cache, not listed         Remove; the Removes come first
    /// the cache holds just these       nothing
    /// </code>
    /// </remarks>
    public static void EditDiff<TObject, TKey>(
        this ISourceCache<TObject, TKey> source,
        IEnumerable<TObject> allItems,
        IEqualityComparer<TObject> equalityComparer)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(allItems);
        ArgumentNullException.ThrowIfNull(equalityComparer);
        source.Edit(updater =>
        {
            var diff = new Difference<TObject, TKey>(source.KeySelector, equalityComparer);
            diff.Apply(allItems, updater, updater.RemoveKey, AddOrUpdate);
            void AddOrUpdate(TKey key, TObject item) => updater.AddOrUpdate(item);
        });
    }
}

sealed class EditDiff<TObject, TKey>(
    IObservable<IEnumerable<TObject>> source,
    Func<TObject, TKey> keySelector,
    IEqualityComparer<TObject> equal)
    where TObject : notnull
    where TKey : notnull
{
    public IObservable<IChangeSet<TObject, TKey>> Run() =>
        Observable.Defer(() =>
        {
            var items = new RecordingCache<TObject, TKey>();
            var diff = new Difference<TObject, TKey>(keySelector, equal);
            return source
                .Select(listing =>
                {
                    diff.Apply(listing, items, items.Remove, items.AddOrUpdate);
                    return items.TakeChanges();
                })
                .Where(recorded => recorded is not null)
                .Select(IChangeSet<TObject, TKey> (recorded) => recorded!);
        });
}
