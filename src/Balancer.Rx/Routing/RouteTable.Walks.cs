using Balancer.Rx.Remotes;

namespace Balancer.Rx.Routing;

// Walks for people who ask: who there is, and what would become of them. Each in shares of well
// under a millisecond, so that nobody's datagram waits for a question of an operator's. As with a
// look at the traffic: a table that grows makes the walk begin anew, and a remote that moves within
// it may be met twice or not at all.
public sealed partial class RouteTable
{
    /// <summary>At most so many weights of (remote, backend) are worked out in one share.
    /// </summary>
    private const int WeightsPerShare = 65_536;

    private const int LeastPerShare = 256, MostPerShare = 4_096;

    /// <summary>A walk that finds the busiest remotes, the busiest first, lower addresses before
    /// higher ones.</summary>
    /// <param name="count">So many at most.</param>
    /// <param name="of">Only those that are this backend's, or served by it; null: all.</param>
    internal RemoteListing List(int count, BackendId? of) => new(this, count, of);

    /// <summary>A walk that finds who serves all remotes now, and if this happened.</summary>
    internal RouteForecast Forecast(Supposition? what) => new(this, what);

    /// <summary>The first walk.</summary>
    internal sealed class RemoteListing(RouteTable table, int count, BackendId? of)
    {
        private readonly PriorityQueue<ListedRemote, ulong> _least = new();
        private RemoteSweep _sweep;

        /// <summary>What was found, when the walk is over.</summary>
        public IReadOnlyList<ListedRemote> Found =>
        [
            .. _least.UnorderedItems
                .OrderByDescending(item => item.Priority)
                .Select(item => item.Element)
                .DistinctBy(remote => remote.Traffic.Address),
        ];

        /// <summary>Looks at a share; whether there are more.</summary>
        public bool Walk()
        {
            if (_sweep.Slots != table._slots.Length)
            {
                table.Begin(ref _sweep);
                _least.Clear();
            }
            foreach (ref readonly var slot in
                new Shares(table._slots, ref _sweep, table.PerShare))
            {
                var rank = (ulong)slot.Udp << 32 | ~slot.Address;
                if (_least.Count == count
                    && _least.TryPeek(out _, out var lowest) && rank <= lowest)
                {
                    continue;
                }
                var route = table.RouteOf(slot);
                if (of is { } backend && route.Primary != backend && route.ServedBy != backend)
                    continue;
                var remote = new ListedRemote(
                    table.TrafficOf(slot), route.ServedBy, slot.IsEstablished);
                if (_least.Count < count)
                    _least.Enqueue(remote, rank);
                else
                    _least.EnqueueDequeue(remote, rank);
            }
            return !_sweep.IsOver;
        }
    }

    /// <summary>The second walk.</summary>
    internal sealed class RouteForecast(RouteTable table, Supposition? what)
    {
        private readonly RouteTable _now = table.Supposing(null, forLater: true);
        private readonly RouteTable _then = table.Supposing(what, forLater: true);
        private readonly Supposition.Add? _newcomer =
            table._areChosen ? what as Supposition.Add : null;
        private readonly Dictionary<int, ForecastLoad> _loads = [];
        private RemoteSweep _sweep;

        /// <summary>All remotes that were met.</summary>
        public int Remotes { get; private set; }

        /// <summary>Those of them that are established.</summary>
        public int Established { get; private set; }

        /// <summary>Those whom another backend would serve.</summary>
        public int Moved { get; private set; }

        /// <summary>Those whom nobody would serve, or (compat) whoever is next in turn.</summary>
        public int Undecided { get; private set; }

        /// <summary>What each backend serves now and would serve, by number.</summary>
        public IReadOnlyList<(BackendId Id, ForecastLoad Load)> Loads =>
        [
            .. _now._placeOf.Concat(_then._placeOf)
                .Select(of => (of.Key, Lane: Math.Max(
                    _now._places[of.Value].Lane, _then._places[of.Value].Lane)))
                .Where(backend => backend.Lane >= 0)
                .DistinctBy(backend => backend.Key)
                .OrderBy(backend => backend.Key)
                .Select(backend => (
                    backend.Key, _loads.GetValueOrDefault(backend.Lane, new ForecastLoad()))),
        ];

        /// <summary>Looks at a share; whether there are more.</summary>
        public bool Walk()
        {
            if (_sweep.Slots != table._slots.Length)
            {
                table.Begin(ref _sweep);
                _loads.Clear();
                (Remotes, Established, Moved, Undecided) = (0, 0, 0, 0);
            }
            foreach (ref readonly var slot in
                new Shares(table._slots, ref _sweep, table.PerShare))
            {
                Note(in slot, _now.Lane(in slot), Then(in slot));
            }
            return !_sweep.IsOver;
        }

        // Pins apart, of which the routes know nothing.
        private int Then(in RemoteSlot slot) =>
            _newcomer is { } newcomer && _then.IsClaimed(in slot, newcomer.Id)
                ? newcomer.Lane
                : _then.Lane(in slot);

        private void Note(in RemoteSlot slot, int now, int then)
        {
            Remotes++;
            Established += slot.IsEstablished ? 1 : 0;
            if (then < 0)
                Undecided++;
            else if (now != then)
                Moved++;
            if (now >= 0)
                LoadOf(now).Now(slot.SinceLook);
            if (then >= 0)
                LoadOf(then).Then(slot.SinceLook);
        }

        private ForecastLoad LoadOf(int lane)
        {
            if (!_loads.TryGetValue(lane, out var load))
                _loads[lane] = load = new();
            return load;
        }
    }

    private int PerShare => Math.Clamp(
        WeightsPerShare / (2 * _carriers.Length + 1), LeastPerShare, MostPerShare);
}

/// <summary>A remote as it is listed: a copy.</summary>
internal readonly record struct ListedRemote(
    RemoteTraffic Traffic, BackendId? ServedBy, bool IsEstablished);

/// <summary>What a backend serves, and would serve. Datagrams are those since the last look at the
/// traffic.</summary>
internal sealed class ForecastLoad
{
    public int RemotesNow { get; private set; }

    public int RemotesThen { get; private set; }

    public long DatagramsNow { get; private set; }

    public long DatagramsThen { get; private set; }

    public void Now(uint datagrams) => (RemotesNow, DatagramsNow) =
        (RemotesNow + 1, DatagramsNow + datagrams);

    public void Then(uint datagrams) => (RemotesThen, DatagramsThen) =
        (RemotesThen + 1, DatagramsThen + datagrams);
}
