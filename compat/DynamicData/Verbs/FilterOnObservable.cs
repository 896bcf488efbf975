using System.Reactive.Disposables;
using System.Reactive.Linq;

using DynamicData.Engine;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>Lets through the items whose own observable last said true.</summary>
    /// <remarks>
    /// <code>
    /// Add       nothing yet; the item's observable is followed
    /// Update    Remove, if it was in; the new item's observable is followed instead
    /// Remove    Remove, if it was in; nobody follows its observable any more
    /// Refresh   Refresh, if it is in
    /// true      Add, if it was out            false   Remove, if it was in
    /// the item's observable completes: the item stays as it is
    /// error     of the source: error
    /// completion, when the source and every item's observable have completed
    /// </code>
    /// Each time an item speaks is a changeset of its own, also when it does so at once on Add.
    /// </remarks>
    public static IObservable<IChangeSet<TObject, TKey>> FilterOnObservable<TObject, TKey>(
        this IObservable<IChangeSet<TObject, TKey>> source,
        Func<TObject, IObservable<bool>> filterFactory)
        where TObject : notnull
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(filterFactory);
        return Streams.CreateInOrder<IChangeSet<TObject, TKey>>(observer =>
            new FilterOnObservable<TObject, TKey>(source, filterFactory, observer).Run());
    }
}

sealed class FilterOnObservable<TObject, TKey>(
    IObservable<IChangeSet<TObject, TKey>> source,
    Func<TObject, IObservable<bool>> filterFactory,
    IObserver<IChangeSet<TObject, TKey>> observer)
    where TObject : notnull
    where TKey : notnull
{
    readonly RecordingCache<TObject, TKey> _in = new();
    readonly Children<TKey> _children = new(observer.OnCompleted);

    public IDisposable Run()
    {
        var subscription = source
            .Synchronize(_children.Gate)
            .Subscribe(Follow, observer.OnError, _children.ParentCompleted);
        return StableCompositeDisposable.Create(
            subscription, Disposable.Create(_children.LeaveAll));
    }

    // What the source itself took away goes out first; then the newcomers are asked, and those
    // who answer at once follow, each in a changeset of its own.
    void Follow(IChangeSet<TObject, TKey> changes)
    {
        var newcomers = new OrderedDictionary<TKey, TObject>();
        foreach (var change in changes)
        {
            if (change.Reason is ChangeReason.Refresh)
            {
                _in.Refresh(change.Key);
                continue;
            }

            _children.Remove(change.Key);
            _in.Remove(change.Key);
            newcomers.Remove(change.Key);
            if (change.Reason is ChangeReason.Add or ChangeReason.Update)
                newcomers.Add(change.Key, change.Current);
        }

        Emit();
        foreach (var (key, item) in newcomers) Ask(key, item);
    }

    void Ask(TKey key, TObject item)
    {
        IObservable<bool> answers;
        try
        {
            answers = filterFactory(item);
        }
        catch (Exception failure)
        {
            observer.OnError(failure);
            return;
        }

        _children.Add(key, answers, answer => Answered(key, item, answer), observer.OnError);
    }

    void Answered(TKey key, TObject item, bool isIn)
    {
        if (!isIn) _in.Remove(key);
        else if (!_in.Contains(key)) _in.AddOrUpdate(key, item);
        Emit();
    }

    void Emit()
    {
        if (_in.TakeChanges() is { } changes) observer.OnNext(changes);
    }
}
