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
    private bool _isListed;

    internal BackendLane(DataPlane plane, BackendId id, int index)
    {
        _plane = plane;
        Id = id;
        Index = index;
        _ring = new(plane.Options.RingBytes);
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
    public void Attach(IBackendLink link)
    {
        Debug.Assert(_link is null, "one link at a time");
        _link = link;
        _ring.Reset();
        IsBlocked = false;
    }

    /// <inheritdoc/>
    public void Detach()
    {
        _link = null;
        _ring.Reset();
        _plane.Journal.Settle((ushort)Index);
    }

    /// <inheritdoc/>
    public void Say(FrameType frame)
    {
        _ring.Say(frame);
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
            _plane.Replies.Add(
                question.Listener, new(datagram.Address, (ushort)datagram.Port),
                new(question.Local), datagram.Data);
            return;
        }
        Counters.Strays++;
        _plane.Stray(datagram);
    }

    /// <inheritdoc/>
    public void EndOfBurst()
    {
        _burstAt = 0;
        _plane.SendReplies();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Debug.Assert(_link is null, "a lane is closed after its link");
        _plane.Close(this);
    }

    /// <summary>Writes a query; false if the ring is full, or (compat) the socket was.</summary>
    internal bool TryForward(ClientEndpoint client, ReadOnlySpan<byte> payload)
    {
        Debug.Assert(_link is not null, "only what can carry has a route");
        var takes = _plane.Options.RerouteWhenStuck || !IsBlocked;
        if (takes && _ring.TryWrite(client, payload))
        {
            Counters.Forwarded++;
            return true;
        }
        Counters.Stuck++;
        return false;
    }

    /// <summary>Joins those that are flushed when the burst is done, once.</summary>
    internal void FlushWith(List<BackendLane> written)
    {
        if (_isListed)
            return;
        _isListed = true;
        written.Add(this);
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
