// STREAMS: clients that come over TCP.
//
// A client's connection is carried by a connection of its own to a backend (T3), chosen as for
// datagrams, so a client meets the same backend both ways (T2):
//
//   Opening ── connected, INBOUND_TCP + what the client has said so far ──► Confirming
//   Confirming ── INBOUND_TCP_OK ──► Splicing ── both halves closed ──► Done(Finished)
//   Opening, Confirming ── refused, closed, broken, late (M10) ──► the next backend, then Done
//   Confirming ── any other frame ──► Done(BackendError)          (T4, not tried elsewhere)
//   any ── client broken ──► Done(ClientError);  Splicing ── quiet for too long ──► Done(Idle)
//   any ── the client has said nothing since it came ──► Done(FirstByteLate)
//   any ── as old as a connection may become ──► Done(LifetimeOver)
//   any ── the idlest when there is no room for a newer one ──► Done(GaveWay)
//
// Bytes go verbatim and in order; an end is passed on behind the bytes before it (T5). A client
// whose connection cannot be carried, or is cut, gets a reset, never an end (T2, T6).
//
// Bounds. At most StreamBuffer bytes are held per direction, and nothing is read while some are
// held: a side that does not read slows the other down instead of filling memory here (W5). Whoever
// is outside Allow is refused. A client has at most MaxStreamsPerClient connections open, a prefix
// at most MaxStreamsPerPrefix; what is over is refused. All together have at most MaxStreams (W3);
// when all are taken, the one on which nothing has moved for longest gives way, unless something
// has moved within StreamGivesWayAfter: then the newest is refused. Every state has a deadline, and
// every connection one that no byte puts off (W4). A turn moves at most 256 KiB, then the others
// have theirs.
//
// Not promised: that a newer client finds room while something moves on all of MaxStreams; nor that
// a connection outlives its backend. Before INBOUND_TCP_OK it moves to another one unseen; after
// it, what the backend knew is lost, and the client is told by a reset. What goes wrong here never
// touches the backend's session (W10, W11), nor the other way round (T9).

using System.Diagnostics;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;

namespace Balancer.Rx.Streams;

/// <summary>
/// All client connections of a loop. Accepts from construction on; everything runs on the
/// scheduler, and members are to be used there only.
/// </summary>
public sealed class StreamProxies : IDisposable
{
    private readonly Subject<BalancerEvent> _facts = new();
    private readonly StreamContext _context;
    private readonly IDisposable _accepting;
    private AllowList _allowed;
    private long _lastNumber;
    private bool _accepts = true;

    /// <summary>Begins to accept and carry connections.</summary>
    /// <param name="listener">Where clients come from.</param>
    /// <param name="connector">How backends are reached.</param>
    /// <param name="routes">Which backend a client gets.</param>
    /// <param name="options">The TCP section of the options.</param>
    /// <param name="scheduler">Clock, timers and turns.</param>
    public StreamProxies(
        IStreamListener listener,
        IStreamConnector connector,
        IStreamRoutes routes,
        BalancerOptions options,
        IScheduler scheduler)
    {
        _context = new(
            connector, routes, options, new(options), new(options.StreamBuffer), Tell, scheduler);
        _allowed = new(options.Allow);
        _accepting = listener.Accepted.Subscribe(Accept, _facts.OnError);
    }

    /// <summary>
    /// The facts of all connections (Stream*), hot. Completes when accepting has stopped and the
    /// last connection is over.
    /// </summary>
    public IObservable<BalancerEvent> Events => _facts.AsObservable();

    /// <summary>How many connections are open (X3).</summary>
    public int Count => _context.Crowd.Count;

    /// <summary>What has become of all of them.</summary>
    public StreamCounters Counters { get; } = new();

    /// <summary>How many pieces of memory hold back bytes now; 0 when all flows.</summary>
    public int BuffersInUse => _context.Buffers.Rented;

    /// <summary>How many clients and prefixes are counted; 0 when nothing is open.</summary>
    internal int Groups => _context.Crowd.Groups;

    /// <summary>The open connections, as they stand now, the idlest first: a copy.</summary>
    public IReadOnlyList<StreamSnapshot> Snapshots() =>
        [.. _context.Crowd.All().Select(proxy => proxy.Snapshot)];

    /// <summary>What the open connections wait for, the idlest first, at most so many.</summary>
    internal IReadOnlyList<StreamWait> Waits(int most) =>
        [.. _context.Crowd.All().Take(most).Select(proxy => proxy.Wait)];

    /// <summary>Intervals and who may come go by these from now on; open connections stay, and
    /// what they wait for now, too.</summary>
    internal void Settle(BalancerOptions options)
    {
        _allowed = new(options.Allow);
        _context.Options = options;
    }

    /// <summary>Takes no new connections; open ones go on.</summary>
    public void StopAccepting()
    {
        _accepts = false;
        _accepting.Dispose();
        CompleteWhenOver();
    }

    /// <summary>Ends all connections with <see cref="StreamEnd.Stopping"/>.</summary>
    public void Dispose()
    {
        StopAccepting();
        foreach (var proxy in _context.Crowd.All().ToArray())
            proxy.End(StreamEnd.Stopping);
        Debug.Assert(Count == 0 && BuffersInUse == 0, "nothing outlives the stop");
    }

    private void Accept(AcceptedStream accepted)
    {
        var number = ++_lastNumber;
        if (WhyNot(accepted.Client.Address) is { } reason)
        {
            TurnAway(number, accepted, reason);
            return;
        }
        if (!MakeRoom())
        {
            TurnAway(number, accepted, StreamEnd.TooMany);
            return;
        }
        var proxy = new StreamProxy(number, accepted, _context, CompleteWhenOver);
        _context.Crowd.Add(proxy);
        proxy.Run();
    }

    private StreamEnd? WhyNot(ClientAddress client) => _allowed.Contains(client.Value)
        ? _context.Crowd.LimitOf(client)
        : StreamEnd.NotAllowed;

    private bool MakeRoom()
    {
        if (Count < _context.Options.MaxStreams)
            return true;
        var idlest = _context.Crowd.Idlest!;
        if (idlest.IdleFor < _context.Options.StreamGivesWayAfter)
            return false;
        idlest.End(StreamEnd.GaveWay);
        return true;
    }

    private void TurnAway(long number, AcceptedStream accepted, StreamEnd end)
    {
        accepted.Stream.Abort();
        accepted.Stream.Dispose();
        Tell(new BalancerEvent.StreamAccepted(number, accepted.Client));
        Tell(new BalancerEvent.StreamFinished(number, accepted.Client, end, 0, 0));
    }

    private void CompleteWhenOver()
    {
        if (!_accepts && Count == 0)
            _facts.OnCompleted();
    }

    private void Tell(BalancerEvent fact)
    {
        Counters.Note(fact);
        _facts.OnNext(fact);
    }
}
