using Balancer.Daemon.Hooks;

namespace Balancer.Daemon.Narration;

// What became of hooks.
internal sealed partial class Narrator
{
    /// <summary>A hook was called.</summary>
    public void Hooked(HookResult result)
    {
        switch (result.Outcome)
        {
            case HookOutcome.Done:
                About(Debug, result)?.Say("hook done");
                break;
            case HookOutcome.TimedOut:
                About(Warn, result)?.With("deadline_ms", result.Hook.Deadline)
                    .Say("hook not done in time (ended)");
                break;
            default:
                About(Warn, result)?.With("error", result.Error).Say("hook failed");
                break;
        }
    }

    private static Line? About(Line? line, HookResult result) => line?
        .With("hook", result.Hook.Name)
        .With("event", HookEvent.Word(result.Call.Event.Kind))
        .WithIfAny("be_path", result.Call.Event.Path);
}
