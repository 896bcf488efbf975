using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Balancer.Daemon.Supervision;

/// <summary>When to feed the supervisor's watchdog.</summary>
internal static class Watchdog
{
    /// <summary>
    /// An item whenever all loops have answered, the next of them asked so much later. Nothing
    /// more, ever, once one does not answer; again, when it does.
    /// </summary>
    /// <param name="loops">A question to each, that ends with its answer.</param>
    /// <param name="every">How long the loops are left alone after their answers.</param>
    /// <param name="clock">Whose time it is; none of the loops'.</param>
    public static IObservable<Unit> Feeds(
        IReadOnlyList<IObservable<Unit>> loops, TimeSpan every, IScheduler clock)
    {
        var pause = Observable.Timer(every, clock)
            .SelectMany(_ => Observable.Empty<Unit>());
        return loops.ForkJoin()
            .Select(_ => Unit.Default)
            .Concat(pause)
            .Repeat();
    }
}
