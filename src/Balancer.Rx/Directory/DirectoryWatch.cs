// DIRECTORY: which backends exist.
//
// A backend is a socket in the directory (B1, B2). Hints from the file system make a listing happen
// within milliseconds; a listing every five seconds happens anyway, since hints may be missed (M2).
// A directory that cannot be read is reported once and asked again: the backends known so far stay
// (B10). Not promised: that a socket which came and went between two listings was ever seen.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Balancer.Rx.Recording;
using Balancer.Rx.Time;

namespace Balancer.Rx.Directory;

/// <summary>The directory as a stream of censuses.</summary>
internal static class DirectoryWatch
{
    /// <summary>
    /// A census at once, after every hint (gathered for <see cref="BalancerOptions.ListGather"/>),
    /// and every <see cref="BalancerOptions.ListEvery"/>. For one subscriber. A taker that
    /// remembers a census begins with that one, and waits.
    /// </summary>
    public static IObservable<Census> Censuses(
        this IDirectory directory, CensusTaker taker, BalancerOptions options,
        Clockwork clockwork, Seam seam)
    {
        var sweeps = Observable
            .Interval(options.ListEvery, clockwork.For(TimerKind.DirectorySweep))
            .Select(_ => Unit.Default);
        var hints = options.HeedHints
            ? seam.Hints(directory.Hints)
                .Gather(options.ListGather, clockwork.For(TimerKind.HintWindow))
            : Observable.Never<Unit>();
        var first = taker.Remembers
            ? Observable.Empty<Unit>()
            : Observable.Return(Unit.Default, clockwork.For(TimerKind.FirstListing));
        var taken = first
            .Merge(sweeps)
            .Merge(hints)
            .Select(_ => seam.List(directory))
            .Select(taker.Take);
        return taker.Remembers ? taken.StartWith(taker.Last) : taken;
    }

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
