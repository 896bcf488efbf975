using System.Reactive.Linq;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>After each changeset, a copy of all items.</summary>
    /// <inheritdoc cref="QueryWhenChanged{TObject, TKey}" path="/remarks/code"/>
    public static IObservable<IReadOnlyCollection<TObject>> ToCollection<TObject, TKey>(
        this IObservable<IChangeSet<TObject, TKey>> source)
        where TObject : notnull
        where TKey : notnull =>
        source.QueryWhenChanged(IReadOnlyCollection<TObject> (query) => query.Items.ToArray());
}
