namespace Balancer.Daemon.Hooks;

/// <summary>What a hook does.</summary>
internal static class HookActions
{
    /// <summary>Runs its program, or makes its call.</summary>
    public static HookAction Of(HookOptions hook)
    {
        if (hook.Post is { } address)
            return (call, cancellation) => PostHook.Post(address, call, cancellation);
        // A program that even a kill does not end at once, since the kernel holds it, is waited for
        // before the next: there is never more than one.
        Task before = Task.CompletedTask;
        return async (call, cancellation) =>
        {
            await before.WaitAsync(cancellation);
            var running = ProgramHook.Run(hook.Run, call, cancellation);
            before = running;
            return await running;
        };
    }
}
