using System.Collections.Immutable;
using System.Reactive.Linq;
using Balancer.Rx.Protocol;
using Wakes = System.IObservable<Balancer.Rx.Streams.StreamSignals>;

namespace Balancer.Rx.Streams;

/// <summary>
/// One client connection, as the stream of its facts: subscribing carries it, the last fact is
/// <see cref="BalancerEvent.StreamFinished"/>, and then nothing is left of it: both sides closed,
/// memory given back, no timer pending (W15).
/// </summary>
internal sealed class StreamProxy : IDisposable
{
    private readonly ClientEndpoint _endpoint;
    private readonly StreamSide _client;
    private readonly HeldBytes _held;
    private readonly StreamContext _context;
    private StreamLink? _link;
    private StreamTarget? _target;
    private StreamEnd? _end;
    private bool _isCounted;

    /// <param name="number">The number of this connection (T8).</param>
    /// <param name="accepted">The client's connection; closed by this proxy.</param>
    /// <param name="context">What it shares with the others.</param>
    public StreamProxy(long number, AcceptedStream accepted, StreamContext context)
    {
        Number = number;
        _endpoint = accepted.Client;
        _client = new(accepted.Stream, StreamSignals.Connected | StreamSignals.Writable);
        _held = new(context.Buffers, keeps: true);
        _context = context;
    }

    /// <summary>The number of this connection.</summary>
    public long Number { get; }

    /// <summary>How it stands now.</summary>
    public StreamSnapshot Snapshot => new(
        Number,
        _endpoint,
        _target?.Id,
        _link?.State ?? StreamState.Opening.It,
        _client.BytesRead,
        _client.BytesWritten,
        _held.Count,
        _link?.HeldBack ?? 0);

    /// <summary>Carries the connection; to be subscribed once.</summary>
    public IObservable<BalancerEvent> Run() => _client.Wakes
        .Publish(wakes => Carry(wakes, tried: []))
        .StartWith(new BalancerEvent.StreamAccepted(Number, _endpoint))
        .Finally(Dispose);

    private IObservable<BalancerEvent> Carry(Wakes wakes, ImmutableArray<BackendId> tried) =>
        Pick(tried) is { } target
            ? Through(target, wakes, tried)
            : Observable.Return(Finish(StreamEnd.NoBackend));

    private StreamTarget? Pick(ImmutableArray<BackendId> tried) =>
        tried.Length < _context.Options.StreamConnectAttempts
            ? _context.Routes.Pick(_endpoint.Address, tried.AsSpan())
            : null;

    private IObservable<BalancerEvent> Through(
        StreamTarget target, Wakes wakes, ImmutableArray<BackendId> tried) =>
        Observable.Using(
            () => Link(target),
            link => States(link, wakes).Publish(states => Observable.Merge(
                states.OfType<StreamState.Splicing>().Take(1).Select(_ => Establish(target)),
                states.OfType<StreamState.Refused>().SelectMany(refused =>
                    Carry(wakes, tried.Add(target.Id)).StartWith(Refuse(target, refused))),
                states.OfType<StreamState.Done>().Select(done => Finish(done.End)))))
        .StartWith(new BalancerEvent.StreamConnecting(Number, target.Id));

    private IObservable<StreamState> States(StreamLink link, Wakes wakes) => wakes
        .Merge(link.Wakes)
        .InTurns(link.Turn, _context.Scheduler)
        .StartWith(StreamState.Opening.It)
        .DistinctUntilChanged()
        .Publish(states => Observable.Merge(states, Deadlines(states, link), Stopping()))
        .TakeUntil(state => state.IsOver);

    private IObservable<StreamState> Deadlines(IObservable<StreamState> states, StreamLink link) =>
        states
            .Select(StreamRules.PatienceFor)
            .DistinctUntilChanged()
            .Select(patience => Deadline(patience, link))
            .Switch();

    private IObservable<StreamState> Deadline(StreamPatience patience, StreamLink link)
    {
        var (options, scheduler) = (_context.Options, _context.Scheduler);
        return patience switch
        {
            StreamPatience.Open => Observable.Timer(options.StreamOpenPatience, scheduler)
                .Select(_ => new StreamState.Refused("no INBOUND_TCP_OK in time")),
            StreamPatience.Idle => CutWhenQuiet(options.StreamIdle),
            StreamPatience.HalfClosed => CutWhenQuiet(options.StreamHalfClosed),
            _ => Observable.Never<StreamState>(),
        };

        IObservable<StreamState> CutWhenQuiet(TimeSpan span) =>
            StreamTurns.Quiet(() => link.MovedAt, span, scheduler)
                .Select(_ => new StreamState.Done(StreamEnd.Idle));
    }

    private IObservable<StreamState> Stopping() =>
        _context.Stopping.Select(_ => new StreamState.Done(StreamEnd.Stopping));

    private StreamLink Link(StreamTarget target)
    {
        var backend = _context.Connector.Connect(target.Path);
        if (_held.Count == 0)
            Greet();
        _held.Rewind();
        _target = target;
        return _link = new(_client, backend, _held, _context.Buffers, _context.Scheduler);
    }

    private void Greet()
    {
        Span<byte> frame = stackalloc byte[FrameSize.InboundTcp];
        FrameWriter.InboundTcp(frame, _endpoint);
        _held.Append(frame);
    }

    private BalancerEvent.StreamEstablished Establish(StreamTarget target)
    {
        Count(target.Id);
        return new(Number, target.Id);
    }

    private BalancerEvent.StreamRefused Refuse(StreamTarget target, StreamState.Refused refused) =>
        new(Number, target.Id, refused.Error);

    private BalancerEvent.StreamFinished Finish(StreamEnd end)
    {
        _end = end;
        Count(null);
        return new(Number, _endpoint, end, _client.BytesRead, _client.BytesWritten);
    }

    /// <summary>Each connection is counted once: established or not (X1, X2).</summary>
    private void Count(BackendId? established)
    {
        if (_isCounted)
            return;
        _isCounted = true;
        _context.Routes.Count(_endpoint.Address, established, established is not null);
    }

    /// <summary>Closes the client's side; a reset, unless the connection came to its end.</summary>
    public void Dispose()
    {
        _client.Close(StreamRules.IsOrderly(_end));
        _held.Dispose();
    }
}
