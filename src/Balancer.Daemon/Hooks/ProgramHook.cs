using System.Collections;
using System.ComponentModel;
using System.Globalization;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Hooks;

/// <summary>A hook that is a program.</summary>
internal static class ProgramHook
{
    /// <summary>What a supervisor has put into our environment for us alone: a child that used it
    /// would speak in our name.</summary>
    private static readonly string[] Ours =
    [
        "NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID",
        "LISTEN_FDNAMES",
    ];

    /// <summary>Runs it on a thread of its own, and waits there for its end; killed with its
    /// process group when cancelled.</summary>
    public static Task<string?> Run(
        IReadOnlyList<string> arguments, HookCall call, CancellationToken cancellation) =>
        Task.Factory.StartNew(
            () => RunHere(arguments, call, cancellation), CancellationToken.None,
            TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
            TaskScheduler.Default);

    /// <summary>What it finds in its environment of the event.</summary>
    internal static IEnumerable<(string Name, string Value)> VariablesOf(HookCall call) =>
    [
        ("BALANCER_EVENT", HookEvent.Word(call.Event.Kind)),
        ("BALANCER_BACKEND", call.Event.Backend == 0
            ? "" : call.Event.Backend.ToString(CultureInfo.InvariantCulture)),
        ("BALANCER_PATH", call.Event.Path),
        ("BALANCER_REASON", call.Event.Reason),
        ("BALANCER_TIME", call.Event.Time.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
        ("BALANCER_SUPPRESSED", call.Suppressed.ToString(CultureInfo.InvariantCulture)),
    ];

    private static string? RunHere(
        IReadOnlyList<string> arguments, HookCall call, CancellationToken cancellation)
    {
        var started = ChildGroup.Start(arguments, EnvironmentOf(call), out var child);
        if (started.IsError)
            return new Win32Exception((int)started.Error).Message;
        using var killing = cancellation.Register(child.Kill);
        return child.Wait();
    }

    private static IEnumerable<string> EnvironmentOf(HookCall call)
    {
        var variables = VariablesOf(call).ToDictionary(pair => pair.Name, pair => pair.Value);
        foreach (DictionaryEntry inherited in Environment.GetEnvironmentVariables())
        {
            if (inherited is { Key: string name, Value: string value } && !Ours.Contains(name))
                variables.TryAdd(name, value);
        }
        return variables.Select(variable => $"{variable.Key}={variable.Value}");
    }
}
