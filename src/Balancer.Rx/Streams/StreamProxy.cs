// ONE CONNECTION, by hand.
//
// Each client connection is a small machine that is woken by the signals of its two sides and by
// one timer, and says what happens as facts. It was composed of Rx operators once: some sixty
// objects and as many subscriptions for each connection, a third of what a connection cost. What is
// many is written by hand; what is told of it, and everything around it, is a stream.
//
// A turn moves a bounded share; an unfinished one is followed by another on the scheduler, behind
// everything else that is due, and wakes until then are covered by that one. However much moves,
// one timer is pending: it looks when it is due, and sleeps for the rest.
//
// Whoever is told a fact may end the connection there and then; so after each fact it is asked
// whether there is still something to go on with (W19).

using System.Reactive.Concurrency;
using Balancer.Rx.Protocol;

namespace Balancer.Rx.Streams;

/// <summary>
/// One client connection. After <see cref="BalancerEvent.StreamFinished"/>, its last fact, nothing
/// is left of it: both sides closed, memory given back, no timer pending (W15).
/// </summary>
internal sealed class StreamProxy
{
    private readonly ClientEndpoint _endpoint;
    private readonly StreamSide _client;
    private readonly HeldBytes _held;
    private readonly StreamContext _context;
    private readonly List<BackendId> _tried = new(capacity: 1);
    private readonly Action _over;
    private readonly DateTimeOffset _acceptedAt;
    private StreamLink? _link;
    private StreamTarget _target;
    private StreamState _state = StreamState.Opening.It;
    private DateTimeOffset _movedAt;
    private DateTimeOffset _since;
    private DateTimeOffset _looksAt = DateTimeOffset.MaxValue;
    private IDisposable? _look;
    private IDisposable? _nextTurn;
    private bool _isCounted;
    private bool _isOver;

    /// <param name="number">The number of this connection (T8).</param>
    /// <param name="accepted">The client's connection; closed by this proxy.</param>
    /// <param name="context">What it shares with the others.</param>
    /// <param name="over">Called after its last fact.</param>
    public StreamProxy(
        long number, AcceptedStream accepted, StreamContext context, Action over)
    {
        Number = number;
        _endpoint = accepted.Client;
        // Whoever connects asks at once: what may be there already is looked for once, unasked.
        _client = new(
            accepted.Stream,
            StreamSignals.Connected | StreamSignals.Writable | StreamSignals.Readable);
        _held = new(context.Buffers, keeps: true);
        _context = context;
        _over = over;
        _acceptedAt = _movedAt = context.Scheduler.Now;
    }

    /// <summary>The number of this connection.</summary>
    public long Number { get; }

    /// <summary>Whose it is.</summary>
    public ClientAddress Client => _endpoint.Address;

    /// <summary>Its neighbour in the <see cref="StreamCrowd"/>, idle for longer.</summary>
    public StreamProxy? Idler { get; set; }

    /// <summary>Its neighbour there, idle for less long.</summary>
    public StreamProxy? Busier { get; set; }

    /// <summary>How long nothing has moved on it.</summary>
    public TimeSpan IdleFor => _context.Scheduler.Now - _movedAt;

    /// <summary>How it stands now.</summary>
    public StreamSnapshot Snapshot => new(
        Number,
        _endpoint,
        _link is null ? null : _target.Id,
        _link?.State ?? StreamState.Opening.It,
        _client.BytesRead,
        _client.BytesWritten,
        _held.Count,
        _link?.HeldBack ?? 0);

    /// <summary>What it waits for now; it must be open.</summary>
    public StreamWait Wait => new(
        Number, _endpoint, _link is null ? null : _target.Id, StreamRules.PatienceFor(_state),
        _since, Due().At);

    /// <summary>Begins; to be called once.</summary>
    public void Run()
    {
        _context.Facts(new BalancerEvent.StreamAccepted(Number, _endpoint));
        if (!_isOver)
            Carry();
        if (!_isOver)
            _client.Listen(Wake);
    }

    /// <summary>Ends it so, whatever it is doing.</summary>
    public void End(StreamEnd end) => Enter(new StreamState.Done(end));

    private void Carry()
    {
        if (Pick() is not { } target)
        {
            Finish(StreamEnd.NoBackend);
            return;
        }
        _context.Facts(new BalancerEvent.StreamConnecting(Number, target.Id));
        if (_isOver)
            return;
        _target = target;
        if (_held.Count == 0)
            Greet();
        _held.Rewind();
        _link = new(
            _client, _context.Connector.Connect(target.Path), _held, _context.Buffers);
        _state = StreamState.Opening.It;
        Await();
        _link.Listen(Wake);
    }

    private StreamTarget? Pick() => _tried.Count < _context.Options.StreamConnectAttempts
        ? _context.Routes.Pick(
            _endpoint.Address, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_tried))
        : null;

    private void Greet()
    {
        Span<byte> frame = stackalloc byte[FrameSize.InboundTcp];
        FrameWriter.InboundTcp(frame, _endpoint);
        _held.Append(frame);
    }

    private void Wake()
    {
        if (_nextTurn is null && !_isOver)
            TakeTurn();
    }

    private void TakeTurn()
    {
        _nextTurn = null;
        var turn = _link!.Turn();
        if (turn.HasMoved)
        {
            _movedAt = _context.Scheduler.Now;
            _context.Crowd.Moved(this);
        }
        if (turn.Unfinished)
            _nextTurn = _context.Scheduler.Schedule(TakeTurn);
        Enter(turn.State);
    }

    private void Enter(StreamState state)
    {
        if (_isOver || state == _state)
            return;
        var was = _state;
        _state = state;
        switch (state)
        {
            case StreamState.Splicing when was is not StreamState.Splicing:
                Count(_target.Id);
                _context.Facts(new BalancerEvent.StreamEstablished(Number, _target.Id));
                if (_isOver)
                    return;
                break;
            case StreamState.Refused refused:
                _context.Facts(
                    new BalancerEvent.StreamRefused(Number, _target.Id, refused.Error));
                if (_isOver)
                    return;
                _tried.Add(_target.Id);
                Unlink(orderly: false);
                Carry();
                return;
            case StreamState.Done done:
                Finish(done.End);
                return;
        }
        if (StreamRules.PatienceFor(was) != StreamRules.PatienceFor(state))
            Await();
    }

    // Each patience counts from here. The timer that is pending may look too early for the new one,
    // which costs a look; never too late.
    private void Await()
    {
        _since = _context.Scheduler.Now;
        var due = Due().At;
        if (_looksAt <= due)
            return;
        _look?.Dispose();
        LookAt(due);
    }

    private StreamDeadline Due() => StreamRules.NextDeadline(
        _state,
        new(_acceptedAt, _since, _movedAt,
            IsSilent: _client.BytesRead == 0 && !_client.HasEnded),
        _context.Options);

    private void LookAt(DateTimeOffset due)
    {
        _looksAt = due;
        _look = _context.Scheduler.Schedule(due, Look);
    }

    private void Look()
    {
        _looksAt = DateTimeOffset.MaxValue;
        var due = Due();
        if (due.At > _context.Scheduler.Now)
            LookAt(due.At);
        else if (due.End is { } end)
            End(end);
        else
            Enter(new StreamState.Refused("no INBOUND_TCP_OK in time"));
    }

    /// <summary>Each connection is counted once: established or not (X1, X2).</summary>
    private void Count(BackendId? established)
    {
        if (_isCounted)
            return;
        _isCounted = true;
        _context.Routes.Count(_endpoint.Address, established, established is not null);
    }

    private void Unlink(bool orderly)
    {
        _nextTurn?.Dispose();
        _nextTurn = null;
        _link?.Close(orderly);
    }

    private string WhatBroke(StreamEnd end) => end switch
    {
        StreamEnd.ClientError => _client.Error,
        StreamEnd.BackendError => _link?.Error ?? "",
        _ => "",
    };

    private void Finish(StreamEnd end)
    {
        _isOver = true;
        Count(null);
        _look?.Dispose();
        Unlink(StreamRules.IsOrderly(end));
        _client.Close(StreamRules.IsOrderly(end));
        _held.Release();
        _context.Crowd.Remove(this);
        _context.Facts(new BalancerEvent.StreamFinished(
            Number, _endpoint, end, _client.BytesRead, _client.BytesWritten, WhatBroke(end),
            _link is null ? null : _target.Id, _context.Scheduler.Now - _acceptedAt));
        _over();
    }
}
