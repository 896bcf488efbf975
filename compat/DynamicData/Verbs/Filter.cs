using DynamicData.Engine;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>Lets through the items that pass.</summary>
    /// <remarks>
    /// <code>
    ///           passes, was out   passes, was in     fails, was in   fails, was out
    /// Add       Add                                                  nothing
    /// Update    Add               Update(previous)   Remove          nothing
    /// Remove                                         Remove          nothing
    /// Refresh   Add               Refresh            Remove          nothing
    /// error     of the source or the predicate: error; completion: completion
    /// </code>
    /// </remarks>
    public static IObservable<IChangeSet<TObject, TKey>> Filter<TObject, TKey>(
        this IObservable<IChangeSet<TObject, TKey>> source, Func<TObject, bool> filter)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(filter);
        return new Filter<TObject, TKey>(source, filter).Run();
    }
}

sealed class Filter<TObject, TKey>(
    IObservable<IChangeSet<TObject, TKey>> source, Func<TObject, bool> passes)
    where TObject : notnull
    where TKey : notnull
{
    public IObservable<IChangeSet<TObject, TKey>> Run() =>
        source.Record<TObject, TObject, TKey>(Work);

    void Work(Change<TObject, TKey> change, RecordingCache<TObject, TKey> results)
    {
        if (change.Reason is ChangeReason.Remove || !passes(change.Current))
            results.Remove(change.Key);
        else if (change.Reason is ChangeReason.Refresh && results.Contains(change.Key))
            results.Refresh(change.Key);
        else
            results.AddOrUpdate(change.Key, change.Current);
    }
}
