using System.Diagnostics;

namespace Balancer.Daemon.Loop;

/// <summary>The items that wait for their time: the earliest first, equals in the order in which
/// they came. Each item knows its place, so that a cancelled one is taken out at once; what is
/// scheduled and cancelled a million times over leaves nothing behind.</summary>
sealed class TimerHeap
{
    public const int Nowhere = -1;

    WorkItem?[] _items = new WorkItem?[64];
    long _sequence;

    public int Count { get; private set; }

    public WorkItem? Earliest => _items[0];

    public void Add(WorkItem item)
    {
        Debug.Assert(item.Place == Nowhere, "an item waits in one place");
        if (Count == _items.Length) Array.Resize(ref _items, Count * 2);
        item.Sequence = _sequence++;
        Settle(item, Count++);
    }

    public void Remove(WorkItem item)
    {
        if (item.Place == Nowhere) return;
        Debug.Assert(_items[item.Place] == item, "an item stands where it says");
        var gap = item.Place;
        var last = _items[--Count]!;
        _items[Count] = null;
        item.Place = Nowhere;
        if (last != item) Settle(last, gap);
    }

    /// <summary>Puts the item at the gap and lets it rise or sink to where it belongs.</summary>
    void Settle(WorkItem item, int gap)
    {
        while (gap > 0 && IsBefore(item, _items[(gap - 1) / 2]!))
        {
            Put(_items[(gap - 1) / 2]!, gap);
            gap = (gap - 1) / 2;
        }
        for (var child = EarlierChild(gap);
             child < Count && IsBefore(_items[child]!, item);
             child = EarlierChild(gap))
        {
            Put(_items[child]!, gap);
            gap = child;
        }
        Put(item, gap);
    }

    int EarlierChild(int parent)
    {
        var left = 2 * parent + 1;
        var right = left + 1;
        return right < Count && IsBefore(_items[right]!, _items[left]!) ? right : left;
    }

    void Put(WorkItem item, int place)
    {
        _items[place] = item;
        item.Place = place;
    }

    static bool IsBefore(WorkItem a, WorkItem b) =>
        a.Due < b.Due || (a.Due == b.Due && a.Sequence < b.Sequence);
}
