using System.Collections;
using Balancer.Daemon.Supervision;

namespace Balancer.Daemon.Handover;

/// <summary>The environment of a process that we start.</summary>
static class Surrounding
{
    static readonly string[] Nothing = [];

    /// <summary>Names the socket of a process whose place is to be taken.</summary>
    public const string Handover = "BALANCER_HANDOVER";

    /// <summary>Ours, as NAME=VALUE.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => $"{variable.Key}={variable.Value}"),
    ];

    /// <summary>That of a successor, who finds us at this name. What the supervisor has said to us
    /// alone is not in it: sockets it gets from us.</summary>
    public static IReadOnlyList<string> OfSuccessor(string name, Supervisor supervisor) =>
    [
        .. All,
        $"{Handover}={name}",
        .. supervisor.NotifySocket is { } notify ? [$"NOTIFY_SOCKET={notify}"] : Nothing,
        .. supervisor.Watchdog is { } silence
            ? [$"WATCHDOG_USEC={(long)silence.TotalMicroseconds}"]
            : Nothing,
    ];
}
