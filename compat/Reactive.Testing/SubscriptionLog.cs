namespace Microsoft.Reactive.Testing;

/// <summary>Writing subscriptions down as they begin and end.</summary>
static class SubscriptionLog
{
    public static int Begin(this IList<Subscription> log, TestScheduler scheduler)
    {
        log.Add(new Subscription(scheduler.Clock));
        return log.Count - 1;
    }

    public static void End(this IList<Subscription> log, int place, TestScheduler scheduler) =>
        log[place] = new Subscription(log[place].Subscribe, scheduler.Clock);
}
