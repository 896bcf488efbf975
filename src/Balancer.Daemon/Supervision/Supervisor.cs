// SUPERVISION: who has started us, and what we owe him.
//
// A supervisor such as systemd holds the listening sockets and hands them over (LISTEN_FDS), wants
// to hear when we serve and how things stand (NOTIFY_SOCKET), and restarts who is not heard of in
// time (WATCHDOG_USEC). All of it is a few words in the environment; whoever sets them gets the
// same, systemd or not. They are for us alone: read once, and taken out of the environment, so that
// no program that we start takes them for its own.
//
// READY is told when every loop reads what clients send and has heard of the backends that are
// there, or five seconds after the former. STATUS is one line, at most once a second, when backends
// come and go. WATCHDOG is fed by the loops: each must have answered a question since it was fed
// last, so a loop that is stuck starves it, whichever it is; the clock is nobody's loop.
//
// Not promised: that the supervisor listens. What he does not take is counted, and told once.

using System.Globalization;

namespace Balancer.Daemon.Supervision;

/// <summary>What whoever has started us asks for in the environment.</summary>
internal sealed record Supervisor
{
    private const int FirstSocket = 3;
    private const int MostSockets = 1_024;
    private const int LongestPath = 107;

    private static readonly string[] Variables =
    [
        "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC",
        "WATCHDOG_PID",
    ];

    /// <summary>The descriptors of the sockets that were handed over.</summary>
    public IReadOnlyList<Sockets.GivenDescriptor> Sockets { get; init; } = [];

    /// <summary>Where to tell how things stand: a path, or @ and an abstract name. Null: nobody
    /// wants to know.</summary>
    public string? NotifySocket { get; init; }

    /// <summary>After how long a silence we are taken for dead; null: never.</summary>
    public TimeSpan? Watchdog { get; init; }

    /// <summary>That of this process. To be called once: it is gone from the environment then.
    /// </summary>
    public static Reading<Supervisor> OfProcess()
    {
        var read = Of(Environment.GetEnvironmentVariable, Environment.ProcessId);
        foreach (var name in Variables)
            Environment.SetEnvironmentVariable(name, null);
        return read;
    }

    /// <summary>The supervisor of the process of this number.</summary>
    public static Reading<Supervisor> Of(Func<string, string?> environment, int pid)
    {
        var sockets = 0L;
        var silence = 0L;
        // Variables that are another's are left alone, as those of a shell that has started us.
        if (IsFor("LISTEN_PID") && Text("LISTEN_FDS") is { } count
            && !IsNumber(count, out sockets, MostSockets))
            return new Refusal($"LISTEN_FDS {count}: not a number from 0 to {MostSockets}");
        var names = Text("LISTEN_FDNAMES")?.Split(':') ?? [];
        if (names.Length > 0 && sockets > 0 && names.Length != sockets)
            return new Refusal($"LISTEN_FDNAMES: {names.Length} names for {sockets} sockets");
        if ((Text("WATCHDOG_PID") is null || IsFor("WATCHDOG_PID"))
            && Text("WATCHDOG_USEC") is { } every
            && (!IsNumber(every, out silence, long.MaxValue / 100) || silence == 0))
            return new Refusal($"WATCHDOG_USEC {every}: not a number of microseconds");
        var notify = Text("NOTIFY_SOCKET");
        if (notify is not null && (notify[0] is not ('/' or '@') || notify.Length > LongestPath))
            return new Refusal($"NOTIFY_SOCKET {notify}: neither a path nor @ and a name");
        return new Supervisor
        {
            Sockets =
            [
                .. Enumerable.Range(0, (int)sockets).Select(i => new Sockets.GivenDescriptor(
                    FirstSocket + i, names.ElementAtOrDefault(i) ?? "")),
            ],
            NotifySocket = notify,
            Watchdog = silence == 0 ? null : TimeSpan.FromMicroseconds(silence),
        };

        string? Text(string name) => environment(name) is { Length: > 0 } text ? text : null;

        bool IsFor(string name) => IsNumber(Text(name), out var process, int.MaxValue)
            && process == pid;
    }

    private static bool IsNumber(string? text, out long number, long most) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number <= most;
}
