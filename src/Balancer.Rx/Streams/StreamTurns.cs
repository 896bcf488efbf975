using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Balancer.Rx.Streams;

/// <summary>What a turn led to.</summary>
/// <param name="State">Where the connection stands.</param>
/// <param name="Unfinished">There is more to do than one turn may; it wants another.</param>
internal readonly record struct StreamTurn(StreamState State, bool Unfinished);

/// <summary>Two verbs over time that connections need and Rx has not.</summary>
internal static class StreamTurns
{
    /// <summary>
    /// Takes a turn at each wake; a turn that is unfinished is followed by another on the
    /// scheduler, behind everything else that is due, and wakes until then are covered by that
    /// one. So one busy connection cannot starve the others.
    /// </summary>
    /// <param name="wakes">When to take a turn.</param>
    /// <param name="turn">A bounded piece of work.</param>
    /// <param name="scheduler">Where the following turns happen.</param>
    public static IObservable<StreamState> InTurns(
        this IObservable<StreamSignals> wakes, Func<StreamTurn> turn, IScheduler scheduler) =>
        Observable.Create<StreamState>(observer =>
            new TurnTaker(turn, observer, scheduler).Run(wakes));

    /// <summary>
    /// Says once that nothing has moved for this long, counted from the subscription. However much
    /// moves, one timer is pending: it looks when it is due, and sleeps for the rest.
    /// </summary>
    /// <param name="movedAt">When something last moved.</param>
    /// <param name="patience">How long nothing may move.</param>
    /// <param name="scheduler">The clock and the timer.</param>
    public static IObservable<TimeSpan> Quiet(
        Func<DateTimeOffset> movedAt, TimeSpan patience, IScheduler scheduler) =>
        Observable.Create<TimeSpan>(observer => scheduler.Schedule(patience, sleep =>
        {
            var left = movedAt() + patience - scheduler.Now;
            if (left > TimeSpan.Zero)
                sleep(left);
            else
                observer.OnNext(patience);
        }));

    private sealed class TurnTaker(
        Func<StreamTurn> turn, IObserver<StreamState> observer, IScheduler scheduler)
        : IDisposable
    {
        private readonly SerialDisposable _next = new();
        private bool _isDue;

        public IDisposable Run(IObservable<StreamSignals> wakes) =>
            StableCompositeDisposable.Create(wakes.Subscribe(Wake, observer.OnError), this);

        public void Dispose() => _next.Dispose();

        private void Wake(StreamSignals signals)
        {
            if (!_isDue)
                Take();
        }

        private void Take()
        {
            var taken = turn();
            _isDue = taken.Unfinished;
            if (_isDue)
                _next.Disposable = scheduler.Schedule(Take);
            observer.OnNext(taken.State);
        }
    }
}
