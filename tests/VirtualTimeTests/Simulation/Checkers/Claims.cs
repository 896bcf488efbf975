using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// Whose a client is by rendezvous, worked out once more and by other means: with the logarithms of
/// the machine. What is too close to call is not called.
/// </summary>
static class Claims
{
    /// <summary>Costs that differ by less are too close; the core's logarithm may be a fifth of a
    /// percent off.</summary>
    const double Close = 1.005;

    /// <summary>The one of these; null: there is none, or two are too close.</summary>
    public static BackendId? Strongest(
        ClientAddress client, IEnumerable<BackendId> backends, BalancerOptions options)
    {
        (BackendId Id, double Cost)[] costs =
        [
            .. backends
                .Select(id => (id, CostOf(client, id) / options.Weights.GetValueOrDefault(id, 1)))
                .OrderBy(of => of.Item2),
        ];
        return costs.Length == 0 || costs.Length > 1 && costs[1].Cost < costs[0].Cost * Close
            ? null
            : costs[0].Id;
    }

    /// <summary>Those of them that are no standbys.</summary>
    public static IEnumerable<BackendId> Homes(
        IEnumerable<BackendId> backends, BalancerOptions options) =>
        backends.Where(id => !options.Standby.ContainsKey(id));

    /// <summary>Those of them whose order is the lowest.</summary>
    public static BackendId[] First(IEnumerable<BackendId> backends, BalancerOptions options)
    {
        BackendId[] all = [.. backends];
        var lowest = all.Select(Order).DefaultIfEmpty(0).Min();
        return Array.FindAll(all, id => Order(id) == lowest);

        int Order(BackendId id) => options.Standby.GetValueOrDefault(id);
    }

    // -ln of a number between 0 and 1: splitmix64's finaliser, over address and backend.
    static double CostOf(ClientAddress client, BackendId backend)
    {
        var z = (ulong)client.Value << 32 | (uint)backend.Value;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return -Math.Log(1 - (0 - z) * Math.Pow(2, -64));
    }
}
