namespace Balancer.Rx.Remotes;

/// <summary>A client address that has asked, and the backend it belongs to.</summary>
/// <param name="Address">Who.</param>
/// <param name="Primary">The backend it sticks to.</param>
/// <param name="Backup">A stored backup, with <see cref="BackupPolicy.RoundRobin"/> only.</param>
public readonly record struct Remote(
    ClientAddress Address, BackendId Primary, BackendId? Backup = null)
{
    /// <summary>Why it has this primary.</summary>
    internal AssignedBecause Because { get; init; }

    /// <summary>Since when, in seconds since 1970.</summary>
    internal uint Since { get; init; }
}
