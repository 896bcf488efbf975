using Balancer.Rx.Remotes;

namespace Balancer.Rx.Routing;

// A look at the traffic. A datagram counts itself in its slot; what it was at the last look stands
// beside it; so to measure costs the datagram nothing. When the table grows during a walk, the walk
// begins anew; a remote that moves within the table may be met twice or not at all, which makes a
// look a little wrong and the next one right.
public sealed partial class RouteTable
{
    /// <inheritdoc/>
    ITrafficLook IRemoteActivity.Look() => new TrafficLook(this);

    private sealed class TrafficLook(RouteTable table) : ITrafficLook
    {
        private readonly long[] _loads = new long[MaxPlaces];
        private readonly Leaving?[] _leaving = new Leaving?[MaxPlaces];
        private RemoteSweep _weighing;
        private RemoteSweep _gathering;

        public int Established { get; private set; }

        public IReadOnlyList<Mover> Movers =>
            [.. _leaving.OfType<Leaving>().SelectMany(leaving => leaving.Found)];

        public long LoadOf(BackendId id) =>
            table._placeOf.TryGetValue(id, out var place) ? _loads[place] : 0;

        public bool Weigh()
        {
            if (_weighing.Slots != table._slots.Length)
            {
                table.Begin(ref _weighing);
                Array.Clear(_loads);
                Established = 0;
            }
            foreach (ref readonly var slot in new Shares(table._slots, ref _weighing))
            {
                _loads[slot.Primary] += slot.SinceLook;
                Established += slot.IsEstablished ? 1 : 0;
            }
            return !_weighing.IsOver;
        }

        public void Seek(BackendId from, Lead lead, int most)
        {
            if (table._placeOf.TryGetValue(from, out var place))
                _leaving[place] = new(from, lead, most);
        }

        public bool Gather(Predicate<ClientAddress> mayMove)
        {
            if (_gathering.Slots != table._slots.Length)
                table.Begin(ref _gathering);
            foreach (ref var slot in new Shares(table._slots, ref _gathering))
            {
                var sent = slot.SinceLook;
                slot.UdpAtLook = slot.Udp;
                if (sent > 0 && slot.IsEstablished && _leaving[slot.Primary] is { } leaving)
                    leaving.Offer(new(slot.Address), sent, mayMove);
            }
            return !_gathering.IsOver;
        }
    }

    // Who could leave one backend, kept as the walk passes.
    private sealed class Leaving(BackendId from, Lead lead, int most)
    {
        private readonly PriorityQueue<Mover, ulong> _light = new();
        private Mover? _heavy;

        public IEnumerable<Mover> Found =>
            _light.UnorderedItems.Select(item => item.Element).Concat(
                _heavy is { } heavy ? [heavy] : []);

        public void Offer(ClientAddress client, uint sent, Predicate<ClientAddress> mayMove)
        {
            if (sent > lead.Most)
                return;
            var mover = new Mover(client, from, sent);
            var isLight = sent <= lead.Half;
            var isWanted = isLight
                ? _light.Count < most || mover.Rank > _light.Peek().Rank
                : _heavy is not { } heavy || mover.Rank < heavy.Rank;
            if (!isWanted || !mayMove(client))
                return;
            if (!isLight)
                _heavy = mover;
            else if (_light.Count < most)
                _light.Enqueue(mover, mover.Rank);
            else
                _light.EnqueueDequeue(mover, mover.Rank);
        }
    }

    // The occupied slots of the next share of a walk.
    private ref struct Shares(
        RemoteSlot[] slots, ref RemoteSweep sweep, int perShare = SlotsPerShare)
    {
        private readonly ref RemoteSweep _sweep = ref sweep;
        private int _left = perShare;
        private int _at;

        public readonly Shares GetEnumerator() => this;

        public readonly ref RemoteSlot Current => ref slots[_at];

        public bool MoveNext()
        {
            while (_left > 0 && _sweep.Left > 0)
            {
                _at = _sweep.Start + _sweep.Left & slots.Length - 1;
                _left--;
                _sweep.Left--;
                if (slots[_at].Primary != 0)
                    return true;
            }
            return false;
        }
    }
}
