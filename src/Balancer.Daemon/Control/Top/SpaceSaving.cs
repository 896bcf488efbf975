// THE BUSIEST OF MANY, in fixed memory: the Space-Saving sketch (Metwally, Agrawal, El Abbadi,
// "Efficient computation of frequent and top-k elements in data streams", 2005).
//
// There are k entries. Who has one is counted in it; who has none takes over the smallest one, with
// its count, which is from then on the most by which its own count may be too high. So after N
// additions
//   - a count is never too low, and too high by its error at most, which is N / k at most;
//   - whoever was added more than N / k times has an entry.
//
// The entries are a heap with the smallest first, and found by a table. A secret number goes into
// its hash, since whoever owns many addresses can choose among them. Nothing is allocated after
// construction.

using System.Diagnostics;
using System.Security.Cryptography;

namespace Balancer.Daemon.Control.Top;

/// <summary>Counts numbers, and forgets those that come seldom.</summary>
/// <param name="size">How many entries.</param>
internal sealed class SpaceSaving(int size)
{
    private readonly Entry[] _entries = new Entry[size];

    // The places of entries in the order of the heap, and where each of them is there.
    private readonly int[] _heap = new int[size];
    private readonly int[] _inHeap = new int[size];
    private readonly Dictionary<uint, int> _places = new(size + 1, new SecretHash());
    private int _count;
    private bool _hasForgotten;

    /// <summary>An entry: what it counts, how often that came at most, and by how much that may be
    /// too high.</summary>
    internal record struct Entry(uint Key, long Count, long Error);

    /// <summary>How much was added.</summary>
    public long Total { get; private set; }

    /// <summary>The most by which any count is too high, or by which one that is missing came.
    /// </summary>
    public long MaxError => _hasForgotten ? Total / size : 0;

    /// <summary>The entries, in no order: a copy.</summary>
    public Entry[] Entries => _entries[.._count];

    /// <summary>One more of these.</summary>
    public void Add(uint key)
    {
        Total++;
        if (_places.TryGetValue(key, out var place))
        {
            _entries[place].Count++;
        }
        else if (_count < size)
        {
            place = _heap[_count] = _inHeap[_count] = _count;
            _entries[place] = new(key, 1, 0);
            _places.Add(key, place);
            _count++;
            Rise(place);
            return;
        }
        else
        {
            _hasForgotten = true;
            place = _heap[0];
            var smallest = _entries[place];
            _places.Remove(smallest.Key);
            _places.Add(key, place);
            _entries[place] = new(key, smallest.Count + 1, smallest.Count);
        }
        Sink(place);
    }

    // Its count has grown: whoever is smaller comes before it.
    private void Sink(int place)
    {
        var at = _inHeap[place];
        while (true)
        {
            var smaller = 2 * at + 1;
            if (smaller >= _count)
                break;
            if (smaller + 1 < _count && CountAt(smaller + 1) < CountAt(smaller))
                smaller++;
            if (CountAt(smaller) >= _entries[place].Count)
                break;
            Put(_heap[smaller], at);
            at = smaller;
        }
        Put(place, at);
    }

    // It is new, at the end, and no other is smaller than it.
    private void Rise(int place)
    {
        var at = _inHeap[place];
        while (at > 0 && CountAt((at - 1) / 2) > _entries[place].Count)
        {
            Put(_heap[(at - 1) / 2], at);
            at = (at - 1) / 2;
        }
        Put(place, at);
    }

    private long CountAt(int at) => _entries[_heap[at]].Count;

    private void Put(int place, int at)
    {
        Debug.Assert(at < _count, "what is in the heap is an entry");
        _heap[at] = place;
        _inHeap[place] = at;
    }

    private sealed class SecretHash : IEqualityComparer<uint>
    {
        private readonly ulong _multiplier =
            BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;

        public bool Equals(uint x, uint y) => x == y;

        public int GetHashCode(uint key) => (int)(key * _multiplier >> 32);
    }
}
