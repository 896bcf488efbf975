namespace Balancer.Rx;

/// <summary>
/// Highest-random-weight choice: each (client, backend) pair has a fixed lot, and a client belongs
/// to the backend that claims it most strongly among those that may. So when one goes, its clients
/// spread over the rest by their weights, nobody else moves, and nothing is stored; when one comes,
/// it takes its share from all, and nobody else moves. The lot has no secret in it: every host and
/// every run chooses the same.
/// </summary>
internal static class Rendezvous
{
    /// <summary>The lot of this pair; of two backends no two are the same for a client.</summary>
    public static ulong Lot(uint address, BackendId backend) =>
        Mixing.Finish((ulong)address << 32 | (uint)backend.Value);

    /// <summary>How strongly this backend claims this client.</summary>
    public static Claim Claim(uint address, Weighted backend) =>
        new(Lot(address, backend.Id), backend.Weight);

    /// <summary>The backend of the strongest claim; there must be one.</summary>
    public static BackendId Choose(uint address, ReadOnlySpan<Weighted> backends)
    {
        var (best, strongest) = (default(BackendId), default(Claim));
        foreach (var backend in backends)
        {
            var claim = Claim(address, backend);
            if (claim.Beats(strongest))
                (best, strongest) = (backend.Id, claim);
        }
        return best;
    }
}

/// <summary>A backend and its weight.</summary>
internal readonly record struct Weighted(BackendId Id, int Weight);

/// <summary>
/// A lot between 0 and 1 raised to the power of 1 / weight: the largest of several is a backend's
/// as often as its weight is a part of all weights. Of equal weights the lots decide by themselves,
/// so whole logarithms are worked out only where weights differ. The default is beaten by all.
/// </summary>
internal readonly record struct Claim(ulong Lot, int Weight)
{
    /// <summary>Whether this one is the stronger. An order of all claims on a client.</summary>
    public bool Beats(Claim other)
    {
        if (Weight == other.Weight)
            return Lot > other.Lot;
        var mine = Logarithm.OfInverse(Lot) * (uint)other.Weight;
        var theirs = Logarithm.OfInverse(other.Lot) * (uint)Weight;
        return mine < theirs || mine == theirs && Lot > other.Lot;
    }
}
