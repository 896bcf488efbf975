using System.Text.Json;

namespace Balancer.Daemon.Hooks;

/// <summary>What a hook may be called for, once it has happened.</summary>
/// <param name="Kind">What.</param>
/// <param name="Backend">The backend's number, as the first loop that knows it has it; 0: it
/// concerns none.</param>
/// <param name="Path">Its socket; empty: it concerns none.</param>
/// <param name="Reason">Why, in a word.</param>
/// <param name="Time">When.</param>
internal sealed record HookEvent(
    HookKind Kind, int Backend, string Path, string Reason, DateTimeOffset Time)
{
    /// <summary>What is the same here is news of the same thing: the newer one counts.</summary>
    public (string, HookKind) Subject => (Path, Kind switch
    {
        HookKind.Down => HookKind.Up,
        HookKind.NotReady => HookKind.Ready,
        _ => Kind,
    });

    /// <summary>A kind as people write it.</summary>
    public static string Word(HookKind kind) =>
        JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}

/// <summary>A call of a hook.</summary>
/// <param name="Event">What has happened.</param>
/// <param name="Suppressed">How much else happened to the same since it was last called, and is
/// not told.</param>
internal readonly record struct HookCall(HookEvent Event, int Suppressed);
