using System.Runtime.CompilerServices;
using Balancer.Rx.Routing;

namespace Balancer.Rx.Forwarding;

/// <summary>The way in: bursts of datagrams into the rings of their backends.</summary>
public sealed class Forwarder
{
    private const int Dropped = -2;
    private const int Stranger = -1;

    /// <summary>RCODEs (RFC 1035 4.1.1).</summary>
    private const int ServFail = 2, Refused = 5;

    private readonly DataPlane _plane;
    private readonly RouteTable _routes;
    private readonly IAdmission _admission;
    private readonly Gate _gate;
    private OwnReplies? _empty;
    private BalancerOptions _options;
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
        if (_options.WhenEmpty != WhenEmpty.Drop)
            _empty = new(plane, Outcome.NoBackendTold);
        _outcomes = plane.Outcomes;
    }

    /// <summary>Who gets in, and what is told when nobody can carry, goes by these from now on.
    /// </summary>
    internal void Settle(BalancerOptions options)
    {
        _options = options;
        _gate.Settle(options);
        if (options.WhenEmpty != WhenEmpty.Drop)
            _empty ??= new(_plane, Outcome.NoBackendTold);
    }

    /// <summary>Called, at most once per burst, when a datagram found no backend (M20).</summary>
    public event Action? NothingCarries;

    /// <summary>Forwards a burst; done with it on return.</summary>
    public void Forward(DatagramBurst burst)
    {
        var now = _plane.Clock.UtcTicks;
        var second = Seconds.Since1970(now);
        _outcomes.Received += burst.Count;
        var missed = _outcomes[Outcome.NoBackend] + _plane.Parking.Total;

        LookUp(burst, now);
        for (var i = 0; i < burst.Count; i++)
        {
            if (_slots[i] != Dropped)
                Forward(burst, i, now, second);
        }
        if (!burst.MoreFollow)
            Flush();
        _empty?.Send();
        _plane.Journal.Retire(now);
        _outcomes.Watch?.EndOfBurst();
        if (_outcomes[Outcome.NoBackend] + _plane.Parking.Total != missed)
            NothingCarries?.Invoke();
    }

    /// <summary>Sends those who are parked on their way, if there is anybody to carry them.
    /// </summary>
    public void Release()
    {
        if (_plane.Parking.Count == 0 || _routes.Carrying == 0)
            return;
        var now = _plane.Clock.UtcTicks;
        while (_routes.Carrying > 0 && _plane.Parking.TryTake(out var parked))
        {
            var question = parked.Question;
            Forward(ref question, SlotOf(question.Client.Address), parked.Payload, now);
        }
        Flush();
        _outcomes.Watch?.EndOfBurst();
    }

    /// <summary>Ends the wait of those whose patience is over.</summary>
    public void EndWaits()
    {
        while (_plane.Parking.TryTakeLate(_plane.Clock.UtcTicks, out var parked))
            GiveUp(parked.Question, parked.Payload);
        _empty?.Send();
        _outcomes.Watch?.EndOfBurst();
        _plane.Parking.Await();
    }

    private int SlotOf(ClientAddress client)
    {
        var slot = _routes.Find(client.Value);
        if (slot >= 0 && !_routes.IsUndecided(slot))
            return slot;
        _admission.Admit([client]);
        return _routes.Find(client.Value);
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
        if (_slots[i] >= 0)
        {
            ref var slot = ref _routes.Slot(_slots[i]);
            slot.LastSeen = second;
            slot.Udp++;
        }
        var payload = burst.Payload(i);
        var question = new JournalEntry
        {
            Key = Journal.KeyOf(datagram.Client.Value, datagram.Port, payload),
            AskedAt = now,
            Local = datagram.Local.Value,
            Former = JournalEntry.NoLane,
            Owed = 1,
            Asked = 1,
            Listener = burst.Listener,
        };
        Forward(ref question, _slots[i], payload, now);
    }

    private void Forward(
        ref JournalEntry question, int slot, ReadOnlySpan<byte> payload, long now)
    {
        var client = question.Client;
        var lane = LaneOf(slot, client.Address.Value);
        if (lane >= 0 && (_plane.Lane(lane).TryForward(client, payload, out question.Position)
            || Reroute(ref lane, client, payload, out question.Position)))
        {
            question.Lane = (ushort)lane;
            if (question.Owed > 1)
                _plane.Lane(lane).Repeat(client, payload, question.Owed - 1);
            _plane.Journal.Ask(question);
            _plane.Lane(lane).FlushWith(_written, now);
            return;
        }
        if (lane < 0 && _plane.Parking.TryAdd(question, payload, now))
        {
            _outcomes.Watch?.Passes(DatagramStep.Parked, question, default);
            return;
        }
        if (lane < 0)
            GiveUp(question, payload);
        else
            DropAsStuck(question, lane);
        if (slot >= 0)
            _routes.CountDrop(slot);
    }

    // One who asked again and again is told once.
    private void GiveUp(in JournalEntry question, ReadOnlySpan<byte> payload)
    {
        var isTold = _options.WhenEmpty != WhenEmpty.Drop && _empty!.Add(
            question.Listener, question.Client, new(question.Local), payload,
            _options.WhenEmpty == WhenEmpty.ServFail ? ServFail : Refused, truncated: false);
        var untold = isTold ? question.Owed - 1 : question.Owed;
        _outcomes[Outcome.NoBackend] += untold;
        _outcomes.Watch?.Ended(question, Outcome.NoBackend, default, untold);
    }

    private void DropAsStuck(in JournalEntry question, int lane)
    {
        _outcomes[Outcome.Stuck] += question.Owed;
        _outcomes.Watch?.Ended(question, Outcome.Stuck, _plane.Lane(lane).Id, question.Owed);
    }

    private int LaneOf(int slot, uint address)
    {
        if (slot >= 0)
            return _routes.Lane(slot);
        var lane = _routes.StrangersLane(address);
        if (lane >= 0)
            _outcomes.Stateless++;
        return lane;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool Reroute(
        ref int lane, ClientEndpoint client, ReadOnlySpan<byte> payload, out uint position)
    {
        position = 0;
        if (!_options.RerouteWhenStuck)
            return false;
        var (first, other) = (lane, _routes.Backup(client.Address.Value, except: lane));
        if (other < 0)
            return _plane.Lane(first).TryForwardAtAnyCost(client, payload, out position);
        lane = other;
        if (_plane.Lane(other).TryForward(client, payload, out position))
            return true;
        lane = first;
        if (_plane.Lane(first).TryForwardAtAnyCost(client, payload, out position))
            return true;
        lane = other;
        return _plane.Lane(other).TryForwardAtAnyCost(client, payload, out position);
    }

    private void Flush()
    {
        foreach (var lane in _written)
            lane.Flush();
        _written.Clear();
    }
}
