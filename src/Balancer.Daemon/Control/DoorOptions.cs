using System.Net;

namespace Balancer.Daemon.Control;

/// <summary>Where people and programs may come in to look, and to give orders.</summary>
internal sealed record DoorOptions
{
    /// <summary>
    /// The path of the control socket; null: where <see cref="DoorPaths.Default"/> says, if that
    /// directory is there and can be written.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>No control socket at all.</summary>
    public bool IsOff { get; init; }

    /// <summary>An address and port on which the read-only part is served, too; null: none.
    /// </summary>
    public IPEndPoint? Http { get; init; }

    /// <summary>That may be an address which others can reach.</summary>
    public bool IsAnywhere { get; init; }
}

/// <summary>Where control sockets are looked for.</summary>
internal static class DoorPaths
{
    private const string Name = "control.sock";

    /// <summary>Where a daemon of the system has it.</summary>
    public static string Default { get; } = $"/run/balancer/{Name}";

    /// <summary>Where the demo has it: in a directory that is the user's alone.</summary>
    public static string OfUser(Func<string, string?> environment, uint user) =>
        environment("XDG_RUNTIME_DIR") is { Length: > 0 } runtime
            ? $"{runtime}/balancer/{Name}"
            : $"/tmp/balancer-{user}/{Name}";
}
