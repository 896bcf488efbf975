namespace Balancer.Rx;

/// <summary>How the backend of a client that was not known is found.</summary>
public enum AffinityPolicy
{
    /// <summary>
    /// The next in turn, kept while it exists: even at once, and remembered by this process only.
    /// </summary>
    Turn,

    /// <summary>
    /// The highest rendezvous weight of those that exist: the same on every host and after every
    /// restart, since nothing of it is remembered. A backend that comes takes its share of the
    /// clients, from all others alike; of one that goes only its own move.
    /// </summary>
    Rendezvous,
}

// Whose a client is.
public sealed partial record BalancerOptions
{
    /// <summary>How a client finds its backend (docs/adr/0010).</summary>
    public AffinityPolicy Affinity { get; init; } = AffinityPolicy.Turn;

    /// <summary>
    /// How much of the clients a backend gets beside others, 1 to 100; 1 if it is not named. A
    /// backend that is to get nobody is drained.
    /// </summary>
    public IReadOnlyDictionary<BackendId, int> Weights { get; init; } = BackendPolicy.None.Weights;

    /// <summary>
    /// The backends that are nobody's, and carry while no other backend can: their order, 1 to 100.
    /// Those of the lowest order that can carry then do.
    /// </summary>
    public IReadOnlyDictionary<BackendId, int> Standby { get; init; } = BackendPolicy.None.Standby;

    /// <summary>The two together.</summary>
    internal BackendPolicy Policy => new(Weights, Standby);

    /// <summary>Whether clients are moved to even the load. Where hosts shall choose alike, none
    /// is.</summary>
    internal bool Rebalances => RebalanceBudget > 0 && Affinity == AffinityPolicy.Turn;

    private void EnsureAffinityAgrees()
    {
        Ensure(
            Weights.Values.All(weight => weight is > 0 and <= BackendPolicy.Most),
            "Weights are 1 to 100");
        Ensure(
            Standby.Values.All(order => order is > 0 and <= BackendPolicy.Most),
            "the orders of Standby are 1 to 100");
        Ensure(
            Backup == BackupPolicy.Rendezvous
                || Affinity == AffinityPolicy.Turn && Weights.Count == 0 && Standby.Count == 0,
            "stored backups know no Affinity, Weights and Standby");
    }
}
