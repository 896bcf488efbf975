using System.Reactive.Linq;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>Holds something open for each item while it is there.</summary>
    /// <remarks>
    /// <code>
    /// Add       opened, then Add
    /// Update    the new one opened, the old one disposed, then Update
    /// Remove    disposed, then Remove
    /// Refresh   Refresh
    /// end       all disposed: before completion, after an error (of the source or the factory),
    ///           and when the subscriber leaves
    /// </code>
    /// </remarks>
    public static IObservable<IChangeSet<TObject, TKey>> SubscribeMany<TObject, TKey>(
        this IObservable<IChangeSet<TObject, TKey>> source,
        Func<TObject, IDisposable> subscriptionFactory)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(subscriptionFactory);
        return new SubscribeMany<TObject, TKey>(source, subscriptionFactory).Run();
    }
}

sealed class SubscribeMany<TObject, TKey>(
    IObservable<IChangeSet<TObject, TKey>> source, Func<TObject, IDisposable> factory)
    where TObject : notnull
    where TKey : notnull
{
    public IObservable<IChangeSet<TObject, TKey>> Run() =>
        Observable.Defer(() =>
        {
            var open = new Dictionary<TKey, IDisposable>();
            return source
                .Do(changes => Follow(changes, open), () => DisposeAll(open))
                .Finally(() => DisposeAll(open));
        });

    void Follow(IChangeSet<TObject, TKey> changes, Dictionary<TKey, IDisposable> open)
    {
        foreach (var change in changes)
        {
            if (change.Reason is ChangeReason.Refresh) continue;
            var opened = change.Reason is ChangeReason.Remove ? null : factory(change.Current);
            if (open.Remove(change.Key, out var previous)) previous.Dispose();
            if (opened is not null) open.Add(change.Key, opened);
        }
    }

    static void DisposeAll(Dictionary<TKey, IDisposable> open)
    {
        foreach (var each in open.Values) each.Dispose();
        open.Clear();
    }
}
