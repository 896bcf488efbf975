namespace Balancer.Rx;

/// <summary>
/// Who may ask: the addresses of some networks, or everybody if none is given. The networks are
/// kept as disjoint ranges in order, so that a look-up is a binary search, and costs nothing where
/// nobody is kept out.
/// </summary>
internal sealed class AllowList
{
    private readonly uint[] _firsts;
    private readonly uint[] _lasts;

    /// <summary>Those of these networks; they may overlap.</summary>
    public AllowList(IReadOnlyList<Network> networks)
    {
        var firsts = new List<uint>();
        var lasts = new List<uint>();
        foreach (var network in networks.OrderBy(network => network.First.Value))
        {
            // Overlaps the range before it, or follows it without a gap.
            if (lasts.Count > 0 && network.First.Value <= (ulong)lasts[^1] + 1)
            {
                lasts[^1] = Math.Max(lasts[^1], network.Last);
                continue;
            }
            firsts.Add(network.First.Value);
            lasts.Add(network.Last);
        }
        (_firsts, _lasts) = ([.. firsts], [.. lasts]);
    }

    /// <summary>How many ranges are left of the networks.</summary>
    public int Ranges => _firsts.Length;

    /// <summary>Whether a client of this address may ask.</summary>
    public bool Contains(uint address) => _firsts.Length == 0 || IsInARange(address);

    private bool IsInARange(uint address)
    {
        var at = Array.BinarySearch(_firsts, address);
        // Not a first address: the range that it may be in begins before the place it would take.
        var range = at >= 0 ? at : ~at - 1;
        return range >= 0 && address <= _lasts[range];
    }
}
