// DIRECTORY: which backends exist.
//
// A backend is a socket in the directory (B1, B2). Hints from the file system make a listing happen
// within milliseconds; a listing every five seconds happens anyway, since hints may be missed (M2).
// A directory that cannot be read is reported once and asked again: the backends known so far stay
// (B10). Not promised: that a socket which came and went between two listings was ever seen.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Balancer.Rx.Directory;

/// <summary>The directory as a stream of censuses.</summary>
public static class DirectoryWatch
{
    /// <summary>
    /// A census at once, after every hint (gathered for <see cref="BalancerOptions.ListGather"/>),
    /// and every <see cref="BalancerOptions.ListEvery"/>. One listing per subscriber.
    /// </summary>
    public static IObservable<Census> Censuses(
        this IDirectory directory, BalancerOptions options, IScheduler scheduler) =>
        Observable.Defer(() =>
        {
            var taker = new CensusTaker(options);
            var sweeps = Observable
                .Interval(options.ListEvery, scheduler)
                .Select(_ => Unit.Default);
            var hints = options.HeedHints
                ? directory.Hints.Gather(options.ListGather, scheduler)
                : Observable.Never<Unit>();
            return Observable.Return(Unit.Default, scheduler)
                .Merge(sweeps)
                .Merge(hints)
                .Select(_ => directory.List())
                .Scan(Census.Empty, taker.Take);
        });

    // The first hint opens a window; whatever comes within it is answered by one listing at its
    // end. Throttle would wait for silence, which a busy directory never grants. Delay would end a
    // turn after its item, and miss a hint that comes between the two.
    private static IObservable<Unit> Gather(
        this IObservable<Unit> hints, TimeSpan window, IScheduler scheduler) =>
        hints.Take(1)
            .SelectMany(_ => Observable.Timer(window, scheduler))
            .Select(_ => Unit.Default)
            .Repeat();
}
