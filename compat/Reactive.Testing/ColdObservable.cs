using System.Reactive;
using System.Reactive.Disposables;

namespace Microsoft.Reactive.Testing;

sealed class ColdObservable<T> : ITestableObservable<T>
{
    readonly TestScheduler _scheduler;

    public ColdObservable(TestScheduler scheduler, Recorded<Notification<T>>[] messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        _scheduler = scheduler;
        Messages = messages;
    }

    public IList<Subscription> Subscriptions { get; } = [];

    public IList<Recorded<Notification<T>>> Messages { get; }

    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var place = Subscriptions.Begin(_scheduler);
        var lines = new CompositeDisposable();
        foreach (var message in Messages)
            lines.Add(_scheduler.After(message.Time, () => message.Value.Accept(observer)));
        return Disposable.Create(() =>
        {
            lines.Dispose();
            Subscriptions.End(place, _scheduler);
        });
    }
}
