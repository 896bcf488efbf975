using System.Runtime.CompilerServices;
using Balancer.Rx.Routing;

namespace Balancer.Rx.Forwarding;

/// <summary>The way in: bursts of datagrams into the rings of their backends.</summary>
public sealed class Forwarder
{
    private const int Dropped = -2;
    private const int Stranger = -1;

    private readonly DataPlane _plane;
    private readonly RouteTable _routes;
    private readonly IAdmission _admission;
    private readonly Gate _gate;
    private readonly BalancerOptions _options;
    private readonly Outcomes _outcomes;
    private readonly int[] _slots = new int[DatagramBurst.Capacity];
    private readonly ClientAddress[] _strangers = new ClientAddress[DatagramBurst.Capacity];
    private readonly List<BackendLane> _written = [];

    /// <summary>A forwarder over this table.</summary>
    public Forwarder(DataPlane plane, RouteTable routes, IAdmission admission)
    {
        _plane = plane;
        _routes = routes;
        _admission = admission;
        _gate = new(plane);
        _options = plane.Options;
        _outcomes = plane.Outcomes;
    }

    /// <summary>Called, at most once per burst, when a datagram found no backend (M20).</summary>
    public event Action? NothingCarries;

    /// <summary>Forwards a burst; done with it on return.</summary>
    public void Forward(DatagramBurst burst)
    {
        var now = _plane.Clock.UtcTicks;
        var second = Seconds.Since1970(now);
        _outcomes.Received += burst.Count;
        var missed = _outcomes[Outcome.NoBackend];

        LookUp(burst, now);
        for (var i = 0; i < burst.Count; i++)
        {
            if (_slots[i] != Dropped)
                Forward(burst, i, now, second);
        }
        if (!burst.MoreFollow)
            Flush();
        _plane.Journal.Retire(now);
        if (_outcomes[Outcome.NoBackend] != missed)
            NothingCarries?.Invoke();
    }

    // Drops what the gate keeps out, finds a slot for the rest, and has strangers admitted, all of
    // the burst at once; after that slots may have moved, so all are looked up again.
    private void LookUp(DatagramBurst burst, long now)
    {
        var strangers = 0;
        for (var i = 0; i < burst.Count; i++)
        {
            if (!_gate.LetsIn(burst, i, now))
            {
                _slots[i] = Dropped;
                continue;
            }
            var client = burst.Datagrams[i].Client;
            var slot = _routes.Find(client.Value);
            _slots[i] = slot;
            if (slot < 0 || _routes.IsUndecided(slot))
                _strangers[strangers++] = client;
        }
        _gate.EndOfBurst();
        if (strangers == 0)
            return;
        _admission.Admit(_strangers.AsSpan(0, strangers));
        for (var i = 0; i < burst.Count; i++)
        {
            if (_slots[i] != Dropped)
                _slots[i] = _routes.Find(burst.Datagrams[i].Client.Value);
        }
    }

    private void Forward(DatagramBurst burst, int i, long now, uint second)
    {
        ref readonly var datagram = ref burst.Datagrams[i];
        var address = datagram.Client.Value;
        int lane;
        if (_slots[i] == Stranger)
        {
            lane = _routes.Backup(address, except: -1);
            if (lane >= 0)
                _outcomes.Stateless++;
        }
        else
        {
            ref var slot = ref _routes.Slot(_slots[i]);
            slot.LastSeen = second;
            slot.Udp++;
            lane = _routes.Lane(_slots[i]);
        }

        var client = new ClientEndpoint(datagram.Client, datagram.Port);
        var payload = burst.Payload(i);
        var outcome = lane < 0 ? Outcome.NoBackend : Outcome.Stuck;
        if (lane >= 0 && (_plane.Lane(lane).TryForward(client, payload)
            || Reroute(address, ref lane, client, payload)))
        {
            _plane.Journal.Ask(
                Journal.KeyOf(address, datagram.Port, payload), (ushort)lane,
                burst.Listener, datagram.Local.Value, now);
            _plane.Lane(lane).FlushWith(_written);
            return;
        }
        _outcomes[outcome]++;
        if (_slots[i] >= 0)
            _routes.Slot(_slots[i]).UdpDropped++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Reroute(
        uint address, ref int lane, ClientEndpoint client, ReadOnlySpan<byte> payload)
    {
        if (!_options.RerouteWhenStuck)
            return false;
        lane = _routes.Backup(address, except: lane);
        return lane >= 0 && _plane.Lane(lane).TryForward(client, payload);
    }

    private void Flush()
    {
        foreach (var lane in _written)
            lane.Flush();
        _written.Clear();
    }
}
