using System.Reactive.Disposables;

namespace Balancer.VirtualTimeTests;

/// <summary>A hot stream by which a simulation speaks; never ends.</summary>
sealed class Source<T> : IObservable<T>
{
    IObserver<T>[] _observers = [];

    public bool IsListenedTo => _observers.Length > 0;

    public void Say(T item)
    {
        foreach (var observer in _observers)
            observer.OnNext(item);
    }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        _observers = [.. _observers, observer];
        return Disposable.Create(() => _observers = [.. _observers.Where(o => o != observer)]);
    }
}
