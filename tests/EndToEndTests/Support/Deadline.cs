namespace Balancer.EndToEndTests.Support;

/// <summary>
/// How long a test waits for something to happen before it says that it did not. Generous: no test
/// may depend on the machine's speed.
/// </summary>
internal static class Deadline
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<T> Within<T>(
        this Task<T> task, string what, TimeSpan? patience = null)
    {
        try
        {
            return await task.WaitAsync(patience ?? Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"not within {patience ?? Patience}: {what}");
        }
    }

    public static Task Within(this Task task, string what, TimeSpan? patience = null) =>
        Done(task).Within(what, patience);

    /// <summary>For what nothing tells of: looks again and again, without a sleep.</summary>
    public static async Task Until(Func<bool> condition, string what)
    {
        if (!await Task.Run(() => SpinWait.SpinUntil(condition, Patience)))
            throw new TimeoutException($"not within {Patience}: {what}");
    }

    static async Task<bool> Done(Task task)
    {
        await task;
        return true;
    }
}
