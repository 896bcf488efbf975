using DynamicData.Engine;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>Makes of each item another one, under the same key.</summary>
    /// <remarks>
    /// <code>
    /// Add       the factory makes an item     Add
    /// Update    the factory makes a new one   Update(previous result)
    /// Remove    the factory is not asked      Remove(result)
    /// Refresh   the factory is not asked      Refresh(result)
    /// error     of the source or the factory: error; completion: completion
    /// </code>
    /// </remarks>
    public static IObservable<IChangeSet<TDestination, TKey>>
        Transform<TDestination, TSource, TKey>(
            this IObservable<IChangeSet<TSource, TKey>> source,
            Func<TSource, TDestination> transformFactory)
        where TDestination : notnull
        where TSource : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(transformFactory);
        return new Transform<TDestination, TSource, TKey>(source, transformFactory).Run();
    }
}

sealed class Transform<TDestination, TSource, TKey>(
    IObservable<IChangeSet<TSource, TKey>> source, Func<TSource, TDestination> factory)
    where TDestination : notnull
    where TSource : notnull
    where TKey : notnull
{
    public IObservable<IChangeSet<TDestination, TKey>> Run() =>
        source.Record<TSource, TDestination, TKey>(Work);

    void Work(Change<TSource, TKey> change, RecordingCache<TDestination, TKey> results)
    {
        switch (change.Reason)
        {
            case ChangeReason.Add or ChangeReason.Update:
                results.AddOrUpdate(change.Key, factory(change.Current));
                break;
            case ChangeReason.Remove:
                results.Remove(change.Key);
                break;
            case ChangeReason.Refresh:
                results.Refresh(change.Key);
                break;
        }
    }
}
