namespace Balancer.Daemon.Hooks;

/// <summary>What a hook can be called for. In files and environments they are written in small
/// letters with dashes: <c>not-ready</c>.</summary>
internal enum HookKind
{
    /// <summary>A backend has a session with every loop, and none distrusts it.</summary>
    Up,

    /// <summary>It was up, and is so no longer.</summary>
    Down,

    /// <summary>It was ordered to leave, and owes nothing any more.</summary>
    Drained,

    /// <summary>Every loop has a backend that takes queries (what /readyz says).</summary>
    Ready,

    /// <summary>It was ready, and is so no longer: no backend, or a stop.</summary>
    NotReady,
}

/// <summary>Something to be done when something has happened: a program, or a call.</summary>
internal sealed record HookOptions
{
    /// <summary>The most hooks there can be: each may run a program at the same time.</summary>
    public const int Most = 32;

    /// <summary>What it is called for; at least one.</summary>
    public required IReadOnlyList<HookKind> On { get; init; }

    /// <summary>A program by its absolute path, and its arguments; empty if there is
    /// <see cref="Post"/>.</summary>
    public IReadOnlyList<string> Run { get; init; } = [];

    /// <summary>An address, http://, that is sent a POST; null if there is <see cref="Run"/>.
    /// </summary>
    public Uri? Post { get; init; }

    /// <summary>After this the program is killed, the call is given up.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often it is called at most, once ten calls in a row have been.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What people know it by.</summary>
    public string Name => Post?.ToString() ?? Run[0];
}
