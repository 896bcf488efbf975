using System.Reactive.Linq;

using DynamicData.Engine;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>After each changeset, all items, to be asked.</summary>
    /// <remarks>
    /// <code>
    /// Add, Update, Remove, Refresh   the items as they are now, once a changeset
    /// an empty source                nothing until its first changeset
    /// error, completion              the same
    /// </code>
    /// The query answers for the items as they are when it is asked: ask at once, keep nothing.
    /// </remarks>
    public static IObservable<IQuery<TObject, TKey>> QueryWhenChanged<TObject, TKey>(
        this IObservable<IChangeSet<TObject, TKey>> source)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return new QueryWhenChanged<TObject, TKey>(source).Run();
    }

    /// <summary>After each changeset, an answer about all items.</summary>
    /// <inheritdoc cref="QueryWhenChanged{TObject, TKey}" path="/remarks"/>
    public static IObservable<TDestination> QueryWhenChanged<TObject, TKey, TDestination>(
        this IObservable<IChangeSet<TObject, TKey>> source,
        Func<IQuery<TObject, TKey>, TDestination> resultSelector)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(resultSelector);
        return source.QueryWhenChanged().Select(resultSelector);
    }
}

sealed class QueryWhenChanged<TObject, TKey>(IObservable<IChangeSet<TObject, TKey>> source)
    where TObject : notnull
    where TKey : notnull
{
    public IObservable<IQuery<TObject, TKey>> Run() =>
        Observable.Defer(() =>
        {
            var items = new RecordingCache<TObject, TKey>();
            return source.Select(IQuery<TObject, TKey> (changes) =>
            {
                items.Apply(changes);
                items.TakeChanges();
                return items;
            });
        });
}
