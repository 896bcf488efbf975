using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace DynamicData.Engine;

/// <summary>
/// The observables that belong to the items of a stream, at most one a key. All of them, and the
/// stream itself, speak under one lock; when the stream and the last of them have completed, that
/// is said.
/// </summary>
sealed class Children<TKey>(Action allCompleted)
    where TKey : notnull
{
    readonly Dictionary<TKey, IDisposable> _subscriptions = [];
    int _running = 1; // the stream itself
    bool _left;

    public object Gate { get; } = new();

    /// <summary>Follows this observable under this key, instead of any other.</summary>
    public void Add<T>(
        TKey key, IObservable<T> child, Action<T> onNext, Action<Exception> onError)
    {
        Remove(key);
        if (_left) return;
        var subscription = new SingleAssignmentDisposable();
        _subscriptions.Add(key, subscription);
        _running++;
        subscription.Disposable = child
            .Synchronize(Gate)
            .Subscribe(onNext, onError, () => Completed(subscription));

        void Completed(SingleAssignmentDisposable which)
        {
            // Its entry stays, disposed, until the item goes: there is nothing to unsubscribe.
            if (which.IsDisposed) return;
            which.Dispose();
            OneLess();
        }
    }

    /// <summary>Leaves the observable under this key, if there is one.</summary>
    public void Remove(TKey key)
    {
        if (!_subscriptions.Remove(key, out var subscription)) return;
        if (subscription is SingleAssignmentDisposable { IsDisposed: true }) return;
        subscription.Dispose();
        OneLess();
    }

    public void ParentCompleted() => OneLess();

    /// <summary>Leaves all of them, and any that would still come.</summary>
    public void LeaveAll()
    {
        lock (Gate)
        {
            _left = true;
            foreach (var subscription in _subscriptions.Values) subscription.Dispose();
            _subscriptions.Clear();
        }
    }

    void OneLess()
    {
        if (--_running == 0) allCompleted();
    }
}
