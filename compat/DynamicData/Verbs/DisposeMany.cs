using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>Disposes the items that are disposable when they go.</summary>
    /// <remarks>
    /// <code>
    /// Add       Add
    /// Update    Update, then the previous item is disposed, unless it is the same one
    /// Remove    Remove, then the item is disposed
    /// Refresh   Refresh
    /// end       all are disposed: after completion or error, and when the subscriber leaves
    /// </code>
    /// </remarks>
    public static IObservable<IChangeSet<TObject, TKey>> DisposeMany<TObject, TKey>(
        this IObservable<IChangeSet<TObject, TKey>> source)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        return new DisposeMany<TObject, TKey>(source).Run();
    }
}

sealed class DisposeMany<TObject, TKey>(IObservable<IChangeSet<TObject, TKey>> source)
    where TObject : notnull
    where TKey : notnull
{
    public IObservable<IChangeSet<TObject, TKey>> Run() =>
        Observable.Create<IChangeSet<TObject, TKey>>(observer =>
        {
            var here = new Dictionary<TKey, TObject>();
            var subscription = source.Subscribe(
                changes => Follow(changes, here, observer),
                observer.OnError,
                observer.OnCompleted);
            return StableCompositeDisposable.Create(
                subscription, Disposable.Create(() => DisposeAll(here.Values)));
        });

    // Who is here is settled first: the subscriber may leave while it reads the changes.
    static void Follow(
        IChangeSet<TObject, TKey> changes,
        Dictionary<TKey, TObject> here,
        IObserver<IChangeSet<TObject, TKey>> observer)
    {
        List<TObject>? gone = null;
        foreach (var change in changes)
        {
            if (change.Reason is ChangeReason.Refresh) continue;
            var known = here.Remove(change.Key, out var previous);
            if (change.Reason is not ChangeReason.Remove) here.Add(change.Key, change.Current);
            if (known && !(here.TryGetValue(change.Key, out var now) && Same(previous!, now)))
                (gone ??= []).Add(previous!);
        }

        observer.OnNext(changes);
        if (gone is not null) DisposeAll(gone);
    }

    static bool Same(TObject one, TObject other) => ReferenceEquals(one, other);

    static void DisposeAll(IEnumerable<TObject> items)
    {
        foreach (var item in items) (item as IDisposable)?.Dispose();
    }
}
