using System.Reactive.Concurrency;
using System.Reactive.Linq;

namespace Balancer.Daemon.Hooks;

/// <summary>Does what a hook is for; the reason if it could not be done, else null. Cancelled at
/// the deadline: what still runs must end then.</summary>
internal delegate Task<string?> HookAction(HookCall call, CancellationToken cancellation);

/// <summary>What became of a call.</summary>
/// <param name="Hook">Of which hook.</param>
/// <param name="Call">Which.</param>
/// <param name="Outcome">Any but <see cref="HookOutcome.Suppressed"/>.</param>
/// <param name="Error">Why it failed; empty: it has not.</param>
internal sealed record HookResult(
    HookOptions Hook, HookCall Call, HookOutcome Outcome, string Error = "");

/// <summary>One hook's way from events to calls.</summary>
internal static class HookLine
{
    /// <summary>
    /// Calls one after the other, never more often than allowed, each with the newest that has
    /// happened to a backend meanwhile; completes when the events do and nothing waits any more.
    /// </summary>
    /// <param name="events">On the scheduler.</param>
    /// <param name="hook">Which hook.</param>
    /// <param name="act">What to do; may end on any thread.</param>
    /// <param name="suppressed">Told of events that no call is made for.</param>
    /// <param name="scheduler">All of it, but for what the action does.</param>
    public static IObservable<HookResult> CallsOf(
        this IObservable<HookEvent> events, HookOptions hook, HookAction act,
        Action<HookEvent> suppressed, IScheduler scheduler)
    {
        var waiting = new WaitingEvents(hook.On, suppressed);
        var allowance = new Allowance(hook.Every);
        var next = Observable
            .Defer(() => Observable.Timer(allowance.Wait(scheduler.Now), scheduler))
            .SelectMany(_ => waiting.Take() is { } call ? Calling(call) : Nothing());
        return events
            .Where(waiting.Add)
            .Select(_ => next.DoWhile(() => waiting.Any))
            .Concat();

        IObservable<HookResult> Calling(HookCall call)
        {
            allowance.Take(scheduler.Now);
            return Observable
                .FromAsync(cancellation => act(call, cancellation))
                .Catch((Exception e) => Observable.Return<string?>(e.Message))
                .Select(error => error is null
                    ? new HookResult(hook, call, HookOutcome.Done)
                    : new HookResult(hook, call, HookOutcome.Failed, error))
                .Timeout(
                    hook.Deadline,
                    Observable.Return(new HookResult(hook, call, HookOutcome.TimedOut)),
                    scheduler)
                .ObserveOn(scheduler);
        }

        static IObservable<HookResult> Nothing() => Observable.Empty<HookResult>();
    }
}
