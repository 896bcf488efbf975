using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Balancer.Rx.Streams;

/// <summary>
/// How many connections each group of clients has open; a group is an address, or all addresses of
/// a prefix. A group without a connection is not kept, so there are never more groups than
/// connections. Hashed with a secret, as whoever owns many addresses can choose among them.
/// </summary>
/// <param name="bits">How many leading bits of the address make the group, 1 to 32.</param>
/// <param name="most">The most connections that a group may have.</param>
/// <param name="multiplier">An odd number that is secret.</param>
internal sealed class StreamTally(int bits, int most, ulong multiplier)
{
    private readonly Dictionary<uint, int> _open = new(new SecretHash(multiplier));
    private readonly uint _mask = uint.MaxValue << 32 - bits;

    /// <summary>How many groups have a connection.</summary>
    public int Groups => _open.Count;

    /// <summary>One more of this client is within the limit.</summary>
    public bool HasRoomFor(ClientAddress client) =>
        !_open.TryGetValue(client.Value & _mask, out var open) || open < most;

    /// <summary>A connection of this client has come.</summary>
    public void Add(ClientAddress client) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_open, client.Value & _mask, out _)++;

    /// <summary>One that was added is gone.</summary>
    public void Remove(ClientAddress client)
    {
        var group = client.Value & _mask;
        ref var open = ref CollectionsMarshal.GetValueRefOrNullRef(_open, group);
        Debug.Assert(!Unsafe.IsNullRef(ref open) && open > 0, "what goes has come");
        if (--open == 0)
            _open.Remove(group);
    }

    private sealed class SecretHash(ulong multiplier) : IEqualityComparer<uint>
    {
        public bool Equals(uint x, uint y) => x == y;

        public int GetHashCode(uint group) => (int)(group * multiplier >> 32);
    }
}
