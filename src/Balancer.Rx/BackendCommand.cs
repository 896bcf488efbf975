namespace Balancer.Rx;

/// <summary>What an operator may ask of a backend.</summary>
/// <param name="Id">Which one; it must be known.</param>
public abstract record BackendCommand(BackendId Id)
{
    /// <summary>
    /// No new queries while anybody else can carry them; what it owes it may finish. Holds until
    /// <see cref="Enable"/>, whatever becomes of its process.
    /// </summary>
    public sealed record Drain(BackendId Id) : BackendCommand(Id);

    /// <summary>Takes a <see cref="Drain"/> back.</summary>
    public sealed record Enable(BackendId Id) : BackendCommand(Id);
}
