using System.Buffers.Binary;
using System.Diagnostics;
using Balancer.Rx.Backends;
using Balancer.Rx.Protocol;

namespace Balancer.Rx.Forwarding;

/// <summary>
/// The data plane's half of a session: a ring to write to, the link it is sent through, and the
/// way of answers back to the clients. Used on the core's scheduler only.
/// </summary>
public sealed class BackendLane : ICarrier
{
    private readonly DataPlane _plane;
    private readonly BackendRing _ring;
    private IBackendLink? _link;
    private long _burstAt;
    private long _owedSince;
    private bool _isListed;

    internal BackendLane(DataPlane plane, BackendId id, int index)
    {
        _plane = plane;
        Id = id;
        Index = index;
        _ring = new(plane.Options.RingBytes, plane.Options.ReplayAge.Ticks);
    }

    /// <summary>Whose lane it is.</summary>
    public BackendId Id { get; }

    /// <inheritdoc/>
    public int Index { get; }

    /// <summary>What it has counted since it was made.</summary>
    public LaneCounters Counters { get; } = new();

    /// <summary>The last send found the socket full; the next signal of room clears it.</summary>
    public bool IsBlocked { get; private set; }

    /// <summary>Bytes that wait in the ring.</summary>
    public int Unsent => _ring.Unsent;

    /// <inheritdoc/>
    public long? OwedSince => _owedSince == 0 ? null : _owedSince;

    /// <inheritdoc/>
    public int Owed => _plane.Journal.OwedBy((ushort)Index);

    /// <inheritdoc/>
    public void Attach(IBackendLink link)
    {
        Debug.Assert(_link is null, "one link at a time");
        _link = link;
        _ring.Reset();
        _owedSince = 0;
        IsBlocked = false;
    }

    /// <inheritdoc/>
    public void Detach()
    {
        _plane.Replay.OfDead(this);
        _link = null;
        _ring.Reset();
    }

    /// <inheritdoc/>
    public void Suspect() => _plane.Replay.OfSuspect(this);

    /// <inheritdoc/>
    public void Say(FrameType frame)
    {
        _ring.Say(frame);
        Owe(_plane.Clock.UtcTicks);
        Flush();
    }

    /// <inheritdoc/>
    public event Action<ProbeAnswer>? ProbeAnswered;

    /// <inheritdoc/>
    public void Probe(ReadOnlySpan<byte> query)
    {
        // Nobody else may write to it meanwhile, and a full ring would never have room again.
        _ring.Age(_plane.Clock.UtcTicks);
        if (!_ring.TryWrite(Probes.Asker, query, out _))
            return;
        Owe(_plane.Clock.UtcTicks);
        Flush();
    }

    /// <inheritdoc/>
    public void Resume()
    {
        IsBlocked = false;
        Flush();
    }

    /// <inheritdoc/>
    public void Answer(in Frame datagram)
    {
        if (_burstAt == 0)
            _burstAt = _plane.Clock.UtcTicks;
        var key = Journal.KeyOf(datagram.Address.Value, datagram.Port, datagram.Data);
        if (datagram.Port <= ushort.MaxValue
            && _plane.Journal.TryAnswer(key, (ushort)Index, out var question))
        {
            Counters.Answered++;
            Counters.Took(_burstAt - question.AskedAt);
            _plane.Outcomes.Watch?.Answered(question, Id, _burstAt);
            if (!question.IsReplayed)
                _ring.Answered(question.Position);
            _plane.Replies.Add(
                question.Listener, new(datagram.Address, (ushort)datagram.Port),
                new(question.Local), datagram.Data);
            return;
        }
        if (datagram.Port == 0 && datagram.Data.Length >= 4 && ProbeAnswered is { } probed)
        {
            probed(new(
                BinaryPrimitives.ReadUInt16BigEndian(datagram.Data), datagram.Data[3] & 0xF));
            return;
        }
        Counters.Strays++;
        _plane.Stray(datagram, Id);
    }

    /// <inheritdoc/>
    public void EndOfBurst()
    {
        _burstAt = 0;
        _owedSince = 0;
        _plane.SendReplies();
        _plane.Outcomes.Watch?.EndOfBurst();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Debug.Assert(_link is null, "a lane is closed after its link");
        _plane.Close(this);
    }

    /// <summary>
    /// Writes a query, and tells where; false if the ring is full, or (compat) the socket was.
    /// </summary>
    internal bool TryForward(
        ClientEndpoint client, ReadOnlySpan<byte> payload, out uint position)
    {
        Debug.Assert(_link is not null, "only what can carry has a route");
        position = 0;
        var takes = _plane.Options.RerouteWhenStuck || !IsBlocked;
        if (takes && _ring.TryWrite(client, payload, out position))
        {
            Counters.Forwarded++;
            return true;
        }
        _ring.Age(_plane.Clock.UtcTicks);
        Counters.Stuck++;
        return false;
    }

    /// <summary>The same, when nobody else has room: at the cost of what was kept for a replay.
    /// </summary>
    internal bool TryForwardAtAnyCost(
        ClientEndpoint client, ReadOnlySpan<byte> payload, out uint position)
    {
        _ring.LetGo();
        if (!_ring.TryWrite(client, payload, out position))
            return false;
        Counters.Forwarded++;
        return true;
    }

    /// <summary>Writes the same query so many times more, while there is room: asked again and
    /// again, it may be answered as often.</summary>
    internal void Repeat(ClientEndpoint client, ReadOnlySpan<byte> payload, int times)
    {
        while (times-- > 0 && TryForward(client, payload, out _))
        {
        }
    }

    /// <summary>The payload of the query at this position, unless it has been written over.
    /// </summary>
    internal bool TryRead(uint position, Span<byte> payload, out int length) =>
        _ring.TryRead(position, payload, out length);

    /// <summary>Joins those that are flushed when the burst is done, once.</summary>
    internal void FlushWith(List<BackendLane> written, long now)
    {
        if (_isListed)
            return;
        _isListed = true;
        written.Add(this);
        Owe(now);
        _ring.Age(now);
    }

    // Owed is since the first thing that was said after it was last heard.
    private void Owe(long now)
    {
        if (_owedSince == 0)
            _owedSince = now;
    }

    /// <summary>Sends what waits, as far as the socket takes it.</summary>
    internal void Flush()
    {
        _isListed = false;
        if (_link is null || IsBlocked || _ring.Unsent == 0)
            return;
        _ring.Peek(out var first, out var second);
        var sent = _link.Send(first, second);
        _ring.Sent(sent.Bytes);
        IsBlocked = sent.Blocked;
    }
}
