using System.Reactive;

namespace DynamicData.Engine;

/// <summary>
/// Delivers one notification at a time. For verbs with several inputs: what another input says
/// during a delivery waits behind it, instead of overtaking it.
/// </summary>
sealed class InOrder<T>(IObserver<T> downstream) : ObserverBase<T>
{
    readonly Lock _gate = new();
    readonly Queue<Notification<T>> _waiting = new();
    bool _delivering;

    protected override void OnNextCore(T value) => Deliver(Notification.CreateOnNext(value));

    protected override void OnErrorCore(Exception error) =>
        Deliver(Notification.CreateOnError<T>(error));

    protected override void OnCompletedCore() => Deliver(Notification.CreateOnCompleted<T>());

    void Deliver(Notification<T> notification)
    {
        lock (_gate)
        {
            _waiting.Enqueue(notification);
            if (_delivering) return;
            _delivering = true;
            try
            {
                while (_waiting.TryDequeue(out var next)) next.Accept(downstream);
            }
            finally
            {
                _delivering = false;
            }
        }
    }
}
