namespace Balancer.Rx.Remotes;

/// <summary>
/// Who was admitted, in the order of admission: the oldest give way first when the table is full.
/// A ring that begins small, doubles as it fills, and never holds more than so many: beyond that
/// the oldest leaves it, and so cannot be made to give way any more.
/// </summary>
internal sealed class Probation(int limit)
{
    private const int AtFirst = 256;

    private ClientAddress[] _ring = new ClientAddress[AtFirst];
    private int _first;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>The one that has waited longest; there must be one.</summary>
    public ClientAddress Oldest => _ring[_first];

    /// <summary>One more, the youngest.</summary>
    public void Add(ClientAddress client)
    {
        if (Count == limit)
            TakeOldest();
        if (Count == _ring.Length)
            Grow();
        _ring[_first + Count & _ring.Length - 1] = client;
        Count++;
    }

    /// <summary>Takes the one that has waited longest; there must be one.</summary>
    public ClientAddress TakeOldest()
    {
        var oldest = _ring[_first];
        _first = _first + 1 & _ring.Length - 1;
        Count--;
        return oldest;
    }

    /// <summary>Nobody waits.</summary>
    public void Clear() => (_first, Count) = (0, 0);

    /// <summary>All of them, those that wait longest first: a copy.</summary>
    public ClientAddress[] InOrder()
    {
        var all = new ClientAddress[Count];
        for (var i = 0; i < all.Length; i++)
            all[i] = _ring[_first + i & _ring.Length - 1];
        return all;
    }

    private void Grow()
    {
        var ring = new ClientAddress[_ring.Length * 2];
        _ring.AsSpan(_first).CopyTo(ring);
        _ring.AsSpan(0, _first).CopyTo(ring.AsSpan(_ring.Length - _first));
        (_ring, _first) = (ring, 0);
    }
}
