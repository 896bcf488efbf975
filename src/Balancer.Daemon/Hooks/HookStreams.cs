using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Balancer.Daemon.Hooks;

/// <summary>All hooks' ways from events to calls.</summary>
internal static class HookStreams
{
    /// <summary>
    /// The calls of the hooks that hold. When others do, the old ones finish what waits, and hear
    /// nothing new. Completes when the events do and nothing waits any more.
    /// </summary>
    /// <param name="events">Hot, on the scheduler.</param>
    /// <param name="inForce">The hooks that hold: at once, then whenever others do; on the
    /// scheduler.</param>
    /// <param name="actionOf">What a hook does.</param>
    /// <param name="suppressed">Told of events that no call is made for.</param>
    /// <param name="scheduler">All of it, but for what the actions do.</param>
    public static IObservable<HookResult> CallsOfAll(
        this IObservable<HookEvent> events, IObservable<IReadOnlyList<HookOptions>> inForce,
        Func<HookOptions, HookAction> actionOf, Action<HookEvent> suppressed,
        IScheduler scheduler) =>
        inForce.TakeUntil(events.LastOrDefaultAsync()).Publish(settings => settings
            .SelectMany(hooks => hooks.Select(hook => events
                .TakeUntil(settings)
                .CallsOf(hook, actionOf(hook), suppressed, scheduler)))
            .Merge());
}
