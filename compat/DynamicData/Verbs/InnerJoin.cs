using System.Reactive.Disposables;
using System.Reactive.Linq;

using DynamicData.Engine;

namespace DynamicData;

public static partial class ObservableCacheEx
{
    /// <summary>Pairs each right item with the left item it names, while both are there.</summary>
    /// <remarks>
    /// <code>
    /// left   Add       an Add for each right item that names it
    ///        Update    an Update for each
    ///        Remove    a Remove for each
    ///        Refresh   a Refresh for each
    /// right  Add       Add, if the left item is there
    ///        Update    Update, if it names the same left item and that is there
    ///                  otherwise Remove of the old pair, then Add of the new one: one changeset
    ///        Remove    Remove, if the pair was there
    ///        Refresh   Refresh, if the pair is there
    /// error  of either side or the selector: error; completion: when both sides have completed
    /// </code>
    /// </remarks>
    public static IObservable<IChangeSet<TDestination, (TLeftKey leftKey, TRightKey rightKey)>>
        InnerJoin<TLeft, TLeftKey, TRight, TRightKey, TDestination>(
            this IObservable<IChangeSet<TLeft, TLeftKey>> left,
            IObservable<IChangeSet<TRight, TRightKey>> right,
            Func<TRight, TLeftKey> rightKeySelector,
            Func<TLeft, TRight, TDestination> resultSelector)
        where TLeft : notnull
        where TLeftKey : notnull
        where TRight : notnull
        where TRightKey : notnull
        where TDestination : notnull
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ArgumentNullException.ThrowIfNull(rightKeySelector);
        ArgumentNullException.ThrowIfNull(resultSelector);
        return Streams.CreateInOrder<IChangeSet<TDestination, (TLeftKey, TRightKey)>>(observer =>
            new InnerJoin<TLeft, TLeftKey, TRight, TRightKey, TDestination>(
                rightKeySelector, resultSelector).Run(left, right).Subscribe(observer));
    }
}

sealed class InnerJoin<TLeft, TLeftKey, TRight, TRightKey, TDestination>(
    Func<TRight, TLeftKey> namedBy, Func<TLeft, TRight, TDestination> pair)
    where TLeft : notnull
    where TLeftKey : notnull
    where TRight : notnull
    where TRightKey : notnull
    where TDestination : notnull
{
    readonly Dictionary<TLeftKey, TLeft> _lefts = [];
    readonly Dictionary<TRightKey, TLeftKey> _names = [];
    readonly Dictionary<TLeftKey, Dictionary<TRightKey, TRight>> _waiting = [];
    readonly RecordingCache<TDestination, (TLeftKey, TRightKey)> _pairs = new();

    public IObservable<IChangeSet<TDestination, (TLeftKey, TRightKey)>> Run(
        IObservable<IChangeSet<TLeft, TLeftKey>> left,
        IObservable<IChangeSet<TRight, TRightKey>> right)
    {
        var gate = new object();
        return left.Synchronize(gate).Select(WorkLeft)
            .Merge(right.Synchronize(gate).Select(WorkRight))
            .Where(recorded => recorded is not null)
            .Select(IChangeSet<TDestination, (TLeftKey, TRightKey)> (recorded) => recorded!);
    }

    ChangeSet<TDestination, (TLeftKey, TRightKey)>? WorkLeft(IChangeSet<TLeft, TLeftKey> changes)
    {
        foreach (var change in changes)
        {
            if (change.Reason is ChangeReason.Remove) _lefts.Remove(change.Key);
            else if (change.Reason is not ChangeReason.Refresh) _lefts[change.Key] = change.Current;
            if (!_waiting.TryGetValue(change.Key, out var rights)) continue;
            foreach (var (rightKey, right) in rights)
                Record(change.Reason, (change.Key, rightKey), right);
        }

        return _pairs.TakeChanges();
    }

    ChangeSet<TDestination, (TLeftKey, TRightKey)>? WorkRight(
        IChangeSet<TRight, TRightKey> changes)
    {
        foreach (var change in changes)
            if (change.Reason is ChangeReason.Refresh)
            {
                if (_names.TryGetValue(change.Key, out var name))
                    _pairs.Refresh((name, change.Key));
            }
            else
            {
                Place(change);
            }

        return _pairs.TakeChanges();
    }

    void Place(Change<TRight, TRightKey> change)
    {
        var (key, right) = (change.Key, change.Current);
        if (change.Reason is ChangeReason.Remove)
        {
            Forget(key);
            return;
        }

        var name = namedBy(right);
        if (_names.TryGetValue(key, out var before)
            && !EqualityComparer<TLeftKey>.Default.Equals(before, name))
            Forget(key);
        _names[key] = name;
        if (!_waiting.TryGetValue(name, out var rights)) _waiting.Add(name, rights = []);
        rights[key] = right;
        Record(change.Reason, (name, key), right);
    }

    void Forget(TRightKey key)
    {
        if (!_names.Remove(key, out var name)) return;
        _pairs.Remove((name, key));
        var rights = _waiting[name];
        rights.Remove(key);
        if (rights.Count == 0) _waiting.Remove(name);
    }

    void Record(ChangeReason reason, (TLeftKey Left, TRightKey) key, TRight right)
    {
        if (reason is ChangeReason.Remove) _pairs.Remove(key);
        else if (reason is ChangeReason.Refresh) _pairs.Refresh(key);
        else if (_lefts.TryGetValue(key.Left, out var left))
            _pairs.AddOrUpdate(key, pair(left, right));
    }
}
