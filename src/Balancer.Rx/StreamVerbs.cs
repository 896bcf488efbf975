using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Routing;
using DynamicData;

namespace Balancer.Rx;

/// <summary>The few verbs that the composition lacks.</summary>
internal static class StreamVerbs
{
    /// <summary>
    /// Passes the first item, then nothing for this long, then the next, and so on.
    /// </summary>
    /// <param name="source">What passes.</param>
    /// <param name="span">For so long nothing more does.</param>
    /// <param name="scheduler">Measures it.</param>
    /// <param name="isOver">Something has passed already: it begins with nothing.</param>
    public static IObservable<T> AtMostOnceIn<T>(
        this IObservable<T> source, TimeSpan span, IScheduler scheduler, bool isOver = false)
    {
        var pause = Observable.Timer(span, scheduler).IgnoreElements().Select(_ => default(T)!);
        var passes = source.Take(1).Concat(pause).Repeat();
        return isOver ? pause.Concat(passes) : passes;
    }

    /// <summary>Each time the first of those who are parked has waited for too long.</summary>
    public static IObservable<Unit> LateWaits(this Parking parking, IScheduler scheduler) =>
        Observable
            .FromEvent<DateTimeOffset>(h => parking.Awaited += h, h => parking.Awaited -= h)
            .Select(until => Observable.Timer(until, scheduler))
            .Switch()
            .Select(_ => Unit.Default);

    /// <summary>
    /// After a backend has died, once none has for this long: what they owed may be asked again.
    /// </summary>
    public static IObservable<Unit> Calms(
        this Parking parking, TimeSpan pause, IScheduler scheduler) => Observable
            .FromEvent(h => parking.Orphaned += h, h => parking.Orphaned -= h)
            .Select(_ => Observable.Timer(pause, scheduler))
            .Switch()
            .Select(_ => Unit.Default);

    /// <summary>
    /// The keys of a cache: at once, even if there are none, then after every change.
    /// </summary>
    public static IObservable<IEnumerable<BackendId>> Ids<T>(
        this IObservable<IChangeSet<T, BackendId>> changes)
        where T : notnull =>
        changes.QueryWhenChanged(query => query.Keys.ToArray()).StartWith([[]]);
}

/// <summary>The scheduler's clock as a number.</summary>
internal sealed class SchedulerTicks(IScheduler scheduler) : ITicks
{
    public long UtcTicks => scheduler.Now.UtcTicks;
}

/// <summary>The backends' sockets, for TCP connections.</summary>
internal sealed class PathsOf(IObservableCache<Backend, BackendId> backends) : IStreamPaths
{
    public string? PathOf(BackendId id) =>
        backends.Lookup(id) is { HasValue: true } found ? found.Value.Path : null;
}
