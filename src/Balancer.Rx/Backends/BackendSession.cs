using System.Diagnostics;
using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Rx.Directory;
using Balancer.Rx.Protocol;
using Balancer.Rx.Recording;
using Balancer.Rx.Time;

namespace Balancer.Rx.Backends;

/// <summary>
/// One backend's life as streams: what the link says, what the directory shows and what time it is
/// go through <see cref="SessionMachine"/>; the states that come out decide which link is open,
/// which deadline is armed and what is said to the backend. Lives on the core's scheduler.
/// </summary>
public sealed partial class BackendSession : IDisposable
{
    private readonly SessionMachine _machine;
    private readonly ICarrier _carrier;
    private readonly Clockwork _clockwork;
    private readonly Seam _seam;
    private readonly Subject<Signal> _signals = new();
    private readonly Subject<BalancerEvent> _facts = new();
    private readonly BehaviorSubject<Session> _state;
    private readonly CompositeDisposable _subscriptions = [];
    private long? _file;
    private bool _isGone;
    private int _probes;

    /// <summary>Begins to connect on the scheduler's next turn.</summary>
    /// <param name="backend">Which one.</param>
    /// <param name="links">Where links come from.</param>
    /// <param name="carrier">The data plane's half of this session.</param>
    /// <param name="incarnations">Which file the directory shows; null while none.</param>
    /// <param name="ordered">Whether it was told to leave; at once, then every change.</param>
    /// <param name="options">The intervals.</param>
    /// <param name="clockwork">All time.</param>
    /// <param name="seam">What is heard and asked crosses it.</param>
    /// <param name="memory">Where to go on from, with its link; null: from the beginning.</param>
    internal BackendSession(
        Backend backend, IBackendLinks links, ICarrier carrier,
        IObservable<long?> incarnations, IObservable<bool> ordered, BalancerOptions options,
        Clockwork clockwork, Seam seam, SessionMemory? memory = null)
    {
        Backend = backend;
        _machine = new(backend, options, memory?.Machine);
        _carrier = carrier;
        _options = options;
        _settled = new(options);
        _recalled = memory;
        _clockwork = clockwork;
        _seam = seam;
        _state = new(memory?.State ?? SessionMachine.Start);
        (_file, _isGone) = (memory?.File, memory?.IsGone ?? false);

        var states = _state.DistinctUntilChanged();
        // A state may be due at the very moment at which the one before it was: the attempt tells
        // them apart.
        var deadlines = states
            .Select(state => (state.Attempt, state.Due))
            .DistinctUntilChanged()
            .Select(state => DueAt(state.Due, clockwork.For(TimerKind.SessionDeadline, Id)))
            .Switch();
        var link = states
            .Select(state => state.Attempt)
            .DistinctUntilChanged()
            .Select(attempt => LinkOf(attempt, links))
            .Switch();

        var silences = states
            .Select(state => state is Session.Live { Trust: not Trust.Suspect }
                ? state.Attempt
                : null)
            .DistinctUntilChanged()
            .CombineLatest(
                _settled.Select(now => now.SuspectAfter > TimeSpan.Zero).DistinctUntilChanged(),
                (attempt, suspects) => suspects ? attempt : null)
            .DistinctUntilChanged()
            .Select(attempt => attempt is { } number
                ? Silences(number)
                : Observable.Never<Signal>())
            .Switch();
        var probes = states
            .Select(state => state is Session.Live ? state.Attempt : null)
            .DistinctUntilChanged()
            .CombineLatest(
                _settled
                    .DistinctUntilChanged(now => (now.Probe, now.ProbeEvery, now.ProbePatience)),
                (attempt, now) => (Attempt: attempt, now.Probe))
            .Select(asked => asked is { Attempt: { } number, Probe: { } probe }
                ? Probed(number, probe)
                : Observable.Never<Signal>())
            .Switch();
        var leaving = Departures
            .Of(states, incarnations, _isGone, ordered, options)
            .Replay(1).RefCount();
        Shares = states
            .CombineLatest(leaving, Departures.PartsOf)
            .DistinctUntilChanged()
            .Select(parts => new BackendShare(Id, parts));

        _subscriptions.Add(_signals.Select(Advance).Subscribe(_state));
        _subscriptions.Add(link.Subscribe(Hear));
        _subscriptions.Add(deadlines.Subscribe(_signals));
        _subscriptions.Add(Listings(incarnations).Subscribe(_signals));
        _subscriptions.Add(silences.Subscribe(_signals));
        _subscriptions.Add(probes.Subscribe(_signals));
        _subscriptions.Add(leaving.Subscribe(reason => Leaving = reason));
        _subscriptions.Add(leaving.Told(this, clockwork).Subscribe(_facts.OnNext));
        _subscriptions.Add(Departures
            .Replacements(states, this, options, clockwork)
            .Subscribe(_signals));
        if (memory is not null)
            return;
        _subscriptions.Add(clockwork.For(TimerKind.SessionBegin, Id)
            .Schedule(() => _signals.OnNext(new Signal.Begin())));
    }

    /// <summary>Which backend this is.</summary>
    public Backend Backend { get; }

    /// <summary>Its number, the key of the caches.</summary>
    public BackendId Id => Backend.Id;

    /// <summary>The lane that carries its queries.</summary>
    public int Lane => _carrier.Index;

    /// <summary>Where it stands; the current state at once, then every change.</summary>
    public IObservable<Session> States => _state.AsObservable();

    /// <summary>Where it stands now.</summary>
    public Session State => _state.Value;

    /// <summary>Why it leaves; null: it does not.</summary>
    public LeavingBecause? Leaving { get; private set; }

    /// <summary>Whether it takes queries; at once, then every change.</summary>
    public IObservable<bool> CanCarry =>
        _state.Select(state => state is Session.Live).DistinctUntilChanged();

    /// <summary>How many of its remotes it is given; at once, then every change.</summary>
    public IObservable<BackendShare> Shares { get; }

    /// <summary>
    /// Whether it must stay known although its socket file is gone: unlinking has no effect while
    /// a link is open (B8). The original also sat out the back-off before it noticed (B5).
    /// </summary>
    public IObservable<bool> Holds => _state
        .Select(state => _options.ReconnectOnRecreate
            ? state.Attempt is not null
            : state is not Session.Absent)
        .DistinctUntilChanged();

    /// <summary>What happens to it.</summary>
    public IObservable<BalancerEvent> Facts => _facts.AsObservable();

    /// <summary>Aborts the link and ends all timers.</summary>
    public void Dispose()
    {
        var carried = _state.Value.Attempt is not null;
        _subscriptions.Dispose();
        if (carried)
            _carrier.Detach();
        _carrier.Dispose();
        _signals.Dispose();
        _facts.OnCompleted();
        _state.OnCompleted();
    }

    private static IObservable<Signal> DueAt(DateTimeOffset? due, IScheduler scheduler) =>
        due is { } at && at != DateTimeOffset.MaxValue
            ? Observable.Timer(at, scheduler).Select(_ => new Signal.Due(at))
            : Observable.Never<Signal>();

    // The first file seen is the one being connected to; a different one later is a new process.
    private IObservable<Signal> Listings(IObservable<long?> incarnations) =>
        incarnations
            .Do(incarnation => _isGone = incarnation is null)
            .Where(incarnation => incarnation is not null)
            .Select(incarnation =>
            {
                var isRecreated = _file is { } last && last != incarnation;
                _file = incarnation;
                return new Signal.Listed(isRecreated);
            });

    // One timer, however much is said: it looks when the present silence would be too long, and if
    // it has been broken meanwhile, when the next one would be.
    private IObservable<Signal> Silences(int attempt) => Observable
        .Defer(() => Observable.Timer(
            WhenSilent(), _clockwork.For(TimerKind.Silence, Id)))
        .Repeat()
        .Select(_ => Silence())
        .Where(silence => silence >= Patience())
        .Select(silence => new Signal.Silent(attempt, silence));

    private TimeSpan Patience() => Suspicion.Patience(
        _state.Value is Session.Live live ? live.RoundTrip : TimeSpan.Zero, _options);

    private TimeSpan Silence() => new(_seam.Ask(
        Asked.Silence,
        _carrier.OwedSince is { } since ? _clockwork.Now.UtcTicks - since : 0));

    private DateTimeOffset WhenSilent() => _clockwork.Now - Silence() + Patience();

    private IObservable<Signal> LinkOf(int? attempt, IBackendLinks links) => attempt is { } number
        ? links.Open(Backend.Path)
            .Do(e => Serve(number, e))
            .Where(e => e.Kind is not (LinkEventKind.Received or LinkEventKind.Writable))
            .Select(e => new Signal.Link(number, e.Kind, e.Error))
        : Observable.Never<Signal>();

    // The data plane's part of what a link says: no signal, nothing allocated.
    private void Serve(int attempt, LinkEvent e)
    {
        switch (e.Kind)
        {
            case LinkEventKind.Connected: _carrier.Attach(e.Link!); break;
            case LinkEventKind.Received: Read(attempt, e.Link!); break;
            case LinkEventKind.Writable: _carrier.Resume(); break;
            default: break;
        }
    }

    private void Read(int attempt, IBackendLink link)
    {
        if (_state.Value is Session.Live { Trust: Trust.Suspect })
            Hear(new Signal.Stirred(attempt));
        var reader = FrameReader.FromBackend(link.Received);
        while (_state.Value.Attempt == attempt)
        {
            // Answers change no state, so it is looked at per frame of another kind only.
            var answers = _state.Value is Session.Live;
            var read = reader.Next(out var frame);
            while (answers && read == FrameRead.Complete && frame.Type == FrameType.OutboundUdp)
            {
                _carrier.Answer(frame);
                read = reader.Next(out frame);
            }
            if (read == FrameRead.Incomplete)
            {
                link.Consume(reader.Position);
                _carrier.EndOfBurst();
                return;
            }
            // A fault ends the link: what was answered before it goes out first.
            _carrier.EndOfBurst();
            Hear(read == FrameRead.Complete
                ? new Signal.Heard(attempt, frame.Type)
                : new Signal.Garbled(attempt, read));
        }
    }

    private Session Advance(Signal signal)
    {
        var last = _state.Value;
        var step = _machine.Next(last, signal, _clockwork.Now);
        Debug.Assert(step.Session.Attempt is null || last.Attempt is null
            || step.Session.Attempt == last.Attempt, "an attempt ends before the next begins");
        Speak(last, step.Session);
        if (step.Fact is { } fact)
            _facts.OnNext(fact);
        if (step.And is { } and)
            _facts.OnNext(and);
        return step.Session;
    }

    private void Speak(Session last, Session next)
    {
        if (last.Attempt is not null && next.Attempt is null)
            _carrier.Detach();
        else if (last is Session.Live { Trust: not Trust.Suspect }
            && next is Session.Live { Trust: Trust.Suspect })
            _carrier.Suspect();
        else if (last is Session.Connecting && next is Session.Greeting)
            _carrier.Say(FrameType.ClientHello);
        else if (last is Session.Live { Heart: Heart.Resting }
            && next is Session.Live { Heart: Heart.Owed })
            _carrier.Say(FrameType.ClientHeartbeat);
    }
}
