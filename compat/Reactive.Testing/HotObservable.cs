using System.Reactive;
using System.Reactive.Disposables;

namespace Microsoft.Reactive.Testing;

sealed class HotObservable<T> : ITestableObservable<T>
{
    readonly TestScheduler _scheduler;
    IObserver<T>[] _observers = [];

    public HotObservable(TestScheduler scheduler, Recorded<Notification<T>>[] messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        _scheduler = scheduler;
        Messages = messages;
        foreach (var message in messages)
            scheduler.At(message.Time, () => Say(message.Value));
    }

    public IList<Subscription> Subscriptions { get; } = [];

    public IList<Recorded<Notification<T>>> Messages { get; }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var place = Subscriptions.Begin(_scheduler);
        _observers = [.. _observers, observer];
        return Disposable.Create(() =>
        {
            var index = Array.IndexOf(_observers, observer);
            _observers = [.. _observers[..index], .. _observers[(index + 1)..]];
            Subscriptions.End(place, _scheduler);
        });
    }

    // Who subscribes while a line is said hears the next one; who leaves still hears this one.
    void Say(Notification<T> line)
    {
        foreach (var observer in _observers) line.Accept(observer);
    }
}
