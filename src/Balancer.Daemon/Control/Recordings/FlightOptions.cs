namespace Balancer.Daemon.Control.Recordings;

/// <summary>What is kept of what came in lately, and where it is written to.</summary>
internal sealed record FlightOptions
{
    /// <summary>
    /// A file is written here when a backend faults; null: none is, and SIGUSR2 writes to the
    /// system's directory for temporary files.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>MiB of memory for all loops together, 1 to 1024; 0: nothing is kept.</summary>
    public int Megabytes { get; init; } = 4;
}
