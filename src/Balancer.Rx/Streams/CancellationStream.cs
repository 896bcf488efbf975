using System.Reactive;
using System.Reactive.Linq;

namespace Balancer.Rx.Streams;

/// <summary>A token as a stream: shutdown is an argument, and thousands listen.</summary>
internal static class CancellationStream
{
    /// <summary>Says once that the token is cancelled, on the thread that cancels it.</summary>
    public static IObservable<Unit> AsStream(this CancellationToken token) =>
        Observable.Create<Unit>(observer => token.Register(() => observer.OnNext(default)));
}
