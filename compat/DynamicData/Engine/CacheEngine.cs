using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Runtime.ExceptionServices;

using DynamicData.Kernel;

namespace DynamicData.Engine;

// CACHE ENGINE: the items of one cache, and everybody who follows them.
//
// An edit changes the items at once and is delivered as one changeset, on the caller's thread,
// before Edit returns. An edit made inside a delivery changes the items at once too, but its
// changeset waits behind the one being delivered: every follower sees every changeset, in the
// order of the edits. An edit inside an edit is part of it.
//
// A follower starts with a snapshot and gets the changesets written after it: each has a number,
// and a follower knows the last number its snapshot included.
//
// Refused: to follow from inside an edit, whose changeset could not be told apart from a snapshot.
// Not promised: that two threads edit without waiting for each other. One lock is held throughout.

/// <summary>The items of one cache, its edits, and their delivery.</summary>
sealed class CacheEngine<TObject, TKey>
    where TObject : notnull
    where TKey : notnull
{
    readonly Lock _gate = new();
    readonly RecordingCache<TObject, TKey> _items = new();
    readonly Queue<ChangeSet<TObject, TKey>> _waiting = new();
    Follower[] _followers = [];
    long _written;
    long _delivered;
    int _editing;
    bool _delivering;
    bool _ended;
    Exception? _error;
    ExceptionDispatchInfo? _thrown;

    public CacheEngine() => Changes = Observable.Create<IChangeSet<TObject, TKey>>(Follow);

    /// <summary>A snapshot, then every changeset; for each subscriber anew.</summary>
    public IObservable<IChangeSet<TObject, TKey>> Changes { get; }

    /// <summary>The items, for what runs inside an edit.</summary>
    public RecordingCache<TObject, TKey> Items => _items;

    public int Count
    {
        get { lock (_gate) return _items.Count; }
    }

    public TObject[] CopyItems()
    {
        lock (_gate) return [.. _items.Items];
    }

    public TKey[] CopyKeys()
    {
        lock (_gate) return [.. _items.Keys];
    }

    public Dictionary<TKey, TObject> CopyKeyValues()
    {
        lock (_gate) return new Dictionary<TKey, TObject>(_items.KeyValues);
    }

    public Optional<TObject> Lookup(TKey key)
    {
        lock (_gate) return _items.Lookup(key);
    }

    /// <summary>Runs the action on the items, and delivers what it did.</summary>
    public void Edit<TArgument>(Action<TArgument> action, TArgument argument)
    {
        lock (_gate)
        {
            _editing++;
            try
            {
                action(argument);
            }
            finally
            {
                // An action that throws has still done what it did before.
                if (--_editing == 0 && _items.TakeChanges() is { } changes)
                {
                    _waiting.Enqueue(changes);
                    _written++;
                }

                if (_editing == 0) Deliver();
            }
        }
    }

    /// <summary>Ends the stream of changes, behind those that wait.</summary>
    public void End(Exception? error = null)
    {
        lock (_gate)
        {
            if (_ended) return;
            _ended = true;
            _error = error;
            if (_editing == 0) Deliver();
        }
    }

    IDisposable Follow(IObserver<IChangeSet<TObject, TKey>> observer)
    {
        lock (_gate)
        {
            if (_editing > 0)
                throw new InvalidOperationException("Connect inside an Edit: do so before it.");
            var follower = new Follower(observer, _written);
            _followers = [.. _followers, follower];
            Deliver(follower);
            return Disposable.Create(() => Leave(follower));
        }
    }

    void Leave(Follower follower)
    {
        lock (_gate) _followers = Array.FindAll(_followers, other => other != follower);
    }

    void Deliver(Follower? newcomer = null)
    {
        var outermost = !_delivering;
        _delivering = true;
        try
        {
            if (newcomer is not null && _items.Count > 0) Send(newcomer, _items.Snapshot());
            if (outermost) DeliverWaiting();
        }
        finally
        {
            _delivering = !outermost;
        }

        if (outermost && Interlocked.Exchange(ref _thrown, null) is { } thrown) thrown.Throw();
    }

    void DeliverWaiting()
    {
        while (_waiting.TryDequeue(out var changes))
        {
            _delivered++;
            foreach (var follower in _followers)
                if (follower.Seen < _delivered) Send(follower, changes);
        }

        if (_ended) SayEnd();
    }

    // One follower's failure is the editor's to hear of, but no reason for the others to miss
    // a change: a lost change cannot be made good later.
    void Send(Follower follower, ChangeSet<TObject, TKey> changes)
    {
        try
        {
            follower.Observer.OnNext(changes);
        }
        catch (Exception failure)
        {
            _thrown ??= ExceptionDispatchInfo.Capture(failure);
        }
    }

    void SayEnd()
    {
        var followers = _followers;
        _followers = [];
        foreach (var follower in followers)
            if (_error is null) follower.Observer.OnCompleted();
            else follower.Observer.OnError(_error);
    }

    sealed class Follower(IObserver<IChangeSet<TObject, TKey>> observer, long seen)
    {
        public IObserver<IChangeSet<TObject, TKey>> Observer => observer;

        /// <summary>The last changeset its snapshot included.</summary>
        public long Seen => seen;
    }
}
