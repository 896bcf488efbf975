using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;

namespace Balancer.Daemon.Handover;

/// <summary>
/// <c>balancer upgrade-start PATH …</c>: starts a program and waits for its end. It is between a
/// daemon and its successor, and is killed once the successor is accepted: that is then a child of
/// whoever looks after orphans. systemd kills without a warning what it has not got for a child
/// when it stops a service.
/// </summary>
static class Midwife
{
    /// <summary>What is typed for it; nobody but a daemon does.</summary>
    public const string Verb = "upgrade-start";

    /// <summary>The exit code, as the program's; or 127: it could not be started.</summary>
    public static int Run(string path, IReadOnlyList<string> arguments)
    {
        const int notStarted = 127;
        var started = LibC.Spawn(path, [path, .. arguments], Surrounding.All);
        if (started.IsError)
        {
            Console.Error.WriteLine(
                CommandLineRefusal.Line($"{path}: {started.Error.InWords()}"));
            return notStarted;
        }
        return LibC.Reap(started.Value, waits: true, out var end).IsError
            ? notStarted
            : end.ExitCode;
    }
}
