namespace Balancer.Rx;

/// <summary>
/// What operators have said of single backends: how much each is to carry, and which are there for
/// the time when no other can. Of a backend that is not named: weight 1, no standby.
/// </summary>
/// <param name="Weights">1 to <see cref="Most"/>; by backend.</param>
/// <param name="Standby">The order of a standby, 1 to <see cref="Most"/>: those of 1 carry while no
/// other backend can, those of 2 while no standby of 1 can either.</param>
public sealed record BackendPolicy(
    IReadOnlyDictionary<BackendId, int> Weights, IReadOnlyDictionary<BackendId, int> Standby)
{
    /// <summary>The highest weight, and the last order.</summary>
    public const int Most = 100;

    /// <summary>Of nobody in particular: all have weight 1, none is a standby.</summary>
    public static BackendPolicy None { get; } = new(
        new Dictionary<BackendId, int>(), new Dictionary<BackendId, int>());

    /// <summary>How much it is to carry, beside the others.</summary>
    public int WeightOf(BackendId id) => Weights.GetValueOrDefault(id, 1);

    /// <summary>0: it is no standby; else its order among these.</summary>
    public int OrderOf(BackendId id) => Standby.GetValueOrDefault(id);

    internal bool SaysTheSameAs(BackendPolicy other) =>
        IsSame(Weights, other.Weights) && IsSame(Standby, other.Standby);

    private static bool IsSame(
        IReadOnlyDictionary<BackendId, int> one, IReadOnlyDictionary<BackendId, int> other) =>
        one.Count == other.Count
        && one.All(of => other.TryGetValue(of.Key, out var number) && number == of.Value);

    /// <summary>Those of them that are no standbys, ascending.</summary>
    internal Weighted[] Homes(IEnumerable<BackendId> known) =>
    [
        .. known.Where(id => OrderOf(id) == 0).Order().Select(id => new Weighted(id, WeightOf(id))),
    ];
}
