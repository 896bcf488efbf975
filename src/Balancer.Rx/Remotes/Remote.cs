using System.Diagnostics;

namespace Balancer.Rx.Remotes;

/// <summary>A client address that has asked, and the backend it belongs to.</summary>
/// <param name="Address">Who.</param>
/// <param name="Primary">The backend it sticks to.</param>
/// <param name="Backup">A stored backup, with <see cref="BackupPolicy.RoundRobin"/> only.</param>
public readonly record struct Remote(
    ClientAddress Address, BackendId Primary, BackendId? Backup = null)
{
    private const int ReasonBits = 4;

    // Eight bytes: ticks of 100 ns since 1970, good until 3796, and the reason below them.
    internal long Stamp { get; init; }

    /// <summary>Why it has this primary.</summary>
    internal AssignedBecause Because => (AssignedBecause)(Stamp & (1 << ReasonBits) - 1);

    /// <summary>Since when.</summary>
    internal DateTimeOffset Since => DateTimeOffset.UnixEpoch.AddTicks(Stamp >> ReasonBits);

    /// <summary>The same, as it was decided for this reason at this time.</summary>
    internal Remote Stamped(AssignedBecause because, DateTimeOffset at)
    {
        Debug.Assert((int)because < 1 << ReasonBits, "a reason fits its bits");
        return this with
        {
            Stamp = (at - DateTimeOffset.UnixEpoch).Ticks << ReasonBits | (long)because,
        };
    }
}
