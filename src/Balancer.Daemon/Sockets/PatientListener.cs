using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Rx.Streams;

namespace Balancer.Daemon.Sockets;

/// <summary>
/// Listeners whose queues were there before us, and hold what came while nobody read. It is left in
/// them until somebody can serve it: to a connection that was accepted too early, there is nothing
/// to say but that it ends.
/// </summary>
/// <param name="listener">The listener.</param>
/// <param name="ready">When to begin.</param>
sealed class PatientListener(IStreamListener listener, IObservable<Unit> ready) : IStreamListener
{
    /// <inheritdoc/>
    public IObservable<AcceptedStream> Accepted { get; } = listener.Accepted.OnceThereIs(ready);
}

/// <summary>Patience.</summary>
static class Patience
{
    /// <summary>Subscribes to a source with the first item of another, and no sooner.</summary>
    public static IObservable<T> OnceThereIs<T>(
        this IObservable<T> source, IObservable<Unit> ready) =>
        Observable.Create<T>(observer =>
        {
            var served = new SingleAssignmentDisposable();
            var waiting = ready.Take(1).Subscribe(
                _ => served.Disposable = source.Subscribe(observer), observer.OnError);
            return StableCompositeDisposable.Create(waiting, served);
        });
}
