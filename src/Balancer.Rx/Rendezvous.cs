namespace Balancer.Rx;

/// <summary>
/// Highest-random-weight choice: each (client, backend) pair has a fixed weight, and a client
/// belongs to the backend of its highest weight among those that can carry. So when one goes, its
/// clients spread evenly over the rest, nobody else moves, and nothing is stored. The weight has no
/// secret in it: every host and every run chooses the same.
/// </summary>
internal static class Rendezvous
{
    /// <summary>The weight of this pair.</summary>
    public static ulong Weight(uint address, BackendId backend) =>
        Mixing.Finish((ulong)address << 32 | (uint)backend.Value);

    /// <summary>The backend of highest weight; the first of the span if it has only one.</summary>
    public static BackendId Choose(uint address, ReadOnlySpan<BackendId> backends)
    {
        var best = backends[0];
        var highest = Weight(address, best);
        foreach (var backend in backends[1..])
        {
            var weight = Weight(address, backend);
            if (weight > highest)
                (best, highest) = (backend, weight);
        }
        return best;
    }
}
