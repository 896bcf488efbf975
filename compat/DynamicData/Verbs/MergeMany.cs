using System.Reactive.Disposables;
using System.Reactive.Linq;

using DynamicData.Engine;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>What the items' own observables say, as one stream.</summary>
    /// <remarks>
    /// <code>
    /// Add       the item's observable is followed
    /// Update    the new item's is followed instead of the old one's
    /// Remove    nobody follows it any more
    /// Refresh   nothing
    /// an item's observable fails or completes: that item falls silent, the others go on
    /// error     of the source or the selector: error
    /// completion, when the source and every item's observable have completed
    /// </code>
    /// </remarks>
    public static IObservable<TDestination> MergeMany<TObject, TKey, TDestination>(
        this IObservable<IChangeSet<TObject, TKey>> source,
        Func<TObject, IObservable<TDestination>> observableSelector)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(observableSelector);
        return Streams.CreateInOrder<TDestination>(observer =>
            new MergeMany<TObject, TKey, TDestination>(source, observableSelector, observer).Run());
    }
}

sealed class MergeMany<TObject, TKey, TDestination>(
    IObservable<IChangeSet<TObject, TKey>> source,
    Func<TObject, IObservable<TDestination>> selector,
    IObserver<TDestination> observer)
    where TObject : notnull
    where TKey : notnull
{
    readonly Children<TKey> _children = new(observer.OnCompleted);

    public IDisposable Run()
    {
        var subscription = source
            .Synchronize(_children.Gate)
            .Subscribe(Follow, observer.OnError, _children.ParentCompleted);
        return StableCompositeDisposable.Create(
            subscription, Disposable.Create(_children.LeaveAll));
    }

    void Follow(IChangeSet<TObject, TKey> changes)
    {
        foreach (var change in changes)
            if (change.Reason is ChangeReason.Add or ChangeReason.Update) Merge(change);
            else if (change.Reason is ChangeReason.Remove) _children.Remove(change.Key);
    }

    void Merge(Change<TObject, TKey> change)
    {
        IObservable<TDestination> child;
        try
        {
            child = selector(change.Current);
        }
        catch (Exception failure)
        {
            observer.OnError(failure);
            return;
        }

        var untilItFails = child.Catch(Observable.Empty<TDestination>());
        _children.Add(change.Key, untilItFails, observer.OnNext, observer.OnError);
    }
}
