// THE CONTROL PLANE: the whole reactive story, top to bottom.
//
// The directory's censuses make the backends; each backend has a session; the sessions that can
// carry are the live backends, each with the share of its remotes that it is given (it may be
// suspect, held down, leaving); the router joins them with the remotes' affinities into the routes;
// the forwarder reads the routes. One thing flows back: a session that still holds its link keeps
// its backend known, although the socket file is gone (B8).

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Handover;
using Balancer.Rx.Recording;
using Balancer.Rx.Remotes;
using Balancer.Rx.Routing;
using Balancer.Rx.Streams;
using Balancer.Rx.Time;
using DynamicData;

namespace Balancer.Rx;

/// <summary>A balancer of one loop: composed by the constructor, running from <see cref="Start"/>.
/// To be used on the scheduler's thread only.</summary>
public sealed partial class ControlPlane : IDisposable
{
    private static readonly TimeSpan LastCall = TimeSpan.FromMilliseconds(20),
        LastAnswers = TimeSpan.FromSeconds(1), StopLook = TimeSpan.FromMilliseconds(5);

    private readonly CompositeDisposable _parts = [];
    private readonly SerialDisposable _datagrams = new();
    private readonly IConnectableObservable<Census> _censuses;
    private readonly Orders _orders;
    private readonly IConnectableObservable<Timestamped<BalancerEvent>> _facts;
    private readonly Action<Exception> _failed;
    private readonly Ports _ports;
    private readonly Forwarder _forwarder;
    private readonly IScheduler _scheduler;
    private readonly Clockwork _clockwork;
    private readonly Seam _seam;
    private readonly CensusTaker _taker;
    private readonly ControlMemory? _memory;
    private readonly Subject<IEnumerable<Backend>> _remembered = new();
    private readonly BehaviorSubject<BackendPolicy> _policies;
    private readonly Subject<BackendCommand> _inherited = new();
    private readonly Dictionary<BackendId, SessionMemory> _recalled;
    private long _sessionsMade;
    private bool _isStarted;

    /// <summary>Composes everything; nothing happens yet.</summary>
    /// <param name="ports">The world.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="failed">Told of what should not happen: an error in one of the streams.</param>
    /// <param name="scheduler">All time and all turns.</param>
    public ControlPlane(
        Ports ports, BalancerOptions options, Action<Exception> failed, IScheduler scheduler)
        : this(ports, options, failed, scheduler, new Recorder(scheduler))
    {
    }

    /// <summary>The same, on this seam, going on from what another one knew, or about to.
    /// </summary>
    internal ControlPlane(
        Ports ports, BalancerOptions options, Action<Exception> failed, IScheduler scheduler,
        Seam seam, ControlMemory? memory = null, Estate? prospects = null)
    {
        (_ports, _options, _failed, _scheduler) = (ports, options, failed, scheduler);
        (_seam, _memory, _policies) = (seam, memory, new(options.Policy));
        _clockwork = new(scheduler, seam);
        _taker = new(options, memory?.Census);
        _taker.Number(prospects?.Numbers ?? []);
        _isHeir = prospects is not null;
        _recalled = (memory?.Sessions ?? []).ToDictionary(session => session.Backend.Id);
        var clock = new SchedulerTicks(scheduler);
        var holding = new BehaviorSubject<IReadOnlySet<BackendId>>(new HashSet<BackendId>());
        Routes = new(options);
        Data = new(ports.Replies, Routes, options, clock);

        _censuses = ports.Directory.Censuses(_taker, options, _clockwork, seam).Replay(1);
        var known = _censuses.CombineLatest(holding, (census, held) => census.Known(held));
        Backends = _remembered
            .Merge(known)
            .EditDiff(backend => backend.Id)
            .AsObservableCache();
        _orders = new(
            seam.Commands(ports.Commands).Merge(_inherited),
            id => Backends.Lookup(id).HasValue, memory?.Drained ?? prospects?.Drained);
        Sessions = Backends.Connect()
            .Transform(backend => SessionOf(backend))
            .DisposeMany()
            .AsObservableCache();
        var live = Sessions.Connect()
            .FilterOnObservable(session => session.CanCarry)
            .Transform(session => new LiveBackend(session.Id, session.Lane))
            .AsObservableCache();
        var shares = Sessions.Connect().MergeMany(session => session.Shares);
        var fit = Sessions.Connect().FilterOnObservable(
            session => session.Shares.Select(share => share.Parts > 0));
        var held = Sessions.Connect().FilterOnObservable(session => session.Holds);

        Remotes = new(
            live.Connect().Ids(), fit.Ids(), Backends.Connect().Ids(), _policies,
            new TapedActivity(Routes, seam), options, _clockwork, seam, memory?.Remotes);
        var router = new Router(
            live.Connect(), shares, Remotes.Connect(), Routes, clock, failed);
        var streams = new StreamRoutes(Routes, Remotes, new PathsOf(Backends), clock);
        Streams = new(ports.StreamListener, ports.StreamConnector, streams, options, scheduler);
        _forwarder = new(Data, Routes, Remotes);

        var retirements = Observable.Interval(
            TimeSpan.FromSeconds(1), _clockwork.For(TimerKind.Retirement));
        var arrivals = live.Connect()
            .Where(changes => changes.Any(change => change.Reason is ChangeReason.Add))
            .Select(_ => Unit.Default)
            .ObserveOn(_clockwork.For(TimerKind.Release));
        var releases = Data.Parking
            .Calms(options.ReplayPause, _clockwork.For(TimerKind.Calm))
            .Merge(arrivals);
        var lateWaits = Data.Parking.LateWaits(_clockwork.For(TimerKind.LateWait));
        var starvation = Observable.FromEvent(
            h => _forwarder.NothingCarries += h, h => _forwarder.NothingCarries -= h);
        var starved = seam.Starvation(starvation).AtMostOnceIn(
            TimeSpan.FromSeconds(5), _clockwork.For(TimerKind.NoBackendsTold),
            isOver: memory?.IsEmptinessTold ?? false);
        var decisions = Observable
            .Merge(
                _censuses.SelectMany(census => census.Facts),
                Backends.Connect().SelectMany(FactsOf),
                Sessions.Connect().MergeMany(session => session.Facts),
                Remotes.Facts,
                starved.Select(_ => new BalancerEvent.NoBackends()),
                _orders.Refused)
            .Timestamp(scheduler)
            .Do(seam.Decided);
        _facts = decisions.Merge(Streams.Events.Timestamp(scheduler)).Publish();

        _parts.Add(Backends.Connect().Ids()
            .CombineLatest(_policies, (known, policy) => (known, policy))
            .Subscribe(now => Routes.Heed(now.policy, now.known), failed));
        _parts.Add(_orders.OfClients.Subscribe(Remotes.Obey, failed));
        _parts.Add(seam.Settings(ports.Settings).Subscribe(Settle, failed));
        _parts.Add(held.Ids().Subscribe(ids => holding.OnNext(ids.ToHashSet()), failed));
        _parts.Add(retirements.Subscribe(_ => Data.Retire(), failed));
        _parts.Add(lateWaits.Subscribe(_ => _forwarder.EndWaits(), failed));
        _parts.Add(releases.Subscribe(_ => _forwarder.Release(), failed));
        foreach (var part in new IDisposable[]
            { _datagrams, Streams, router, Remotes, live, Sessions, _orders, Backends, holding,
                _remembered, _inherited, _policies })
        {
            _parts.Add(part);
        }
    }

    /// <summary>What happens, stamped with the scheduler's time; hot.</summary>
    public IObservable<Timestamped<BalancerEvent>> Facts => _facts;

    /// <summary>The backends that exist.</summary>
    public IObservableCache<Backend, BackendId> Backends { get; }

    /// <summary>Their sessions.</summary>
    public IObservableCache<BackendSession, BackendId> Sessions { get; }

    /// <summary>Who has asked lately.</summary>
    public RemoteRegistry Remotes { get; }

    /// <summary>The join of the two.</summary>
    public RouteTable Routes { get; }

    /// <summary>Lanes, journal and counts.</summary>
    public DataPlane Data { get; }

    /// <summary>The clients' TCP connections.</summary>
    public StreamProxies Streams { get; }

    /// <summary>Begins: facts first, then (what was known, and) the directory, then the datagrams.
    /// </summary>
    public void Start()
    {
        _parts.Add(_facts.Connect());
        if (_memory is { } memory)
            _remembered.OnNext(memory.Backends);
        _parts.Add(_censuses.Connect());
        _datagrams.Disposable = _ports.Datagrams.Subscribe(_forwarder.Forward, _failed);
        _isStarted = true;
    }

    /// <summary>
    /// Takes no new connections, and no new datagrams once the connections are over: nobody who
    /// holds one keeps others from being answered. Yields once what is in flight has finished, or
    /// after <see cref="BalancerOptions.StopPatience"/>.
    /// </summary>
    public IObservable<Unit> Stop() => Stop(_options.StopPatience);

    /// <summary>The same, with a patience of its own; it must be longer than a second.</summary>
    internal IObservable<Unit> Stop(TimeSpan patience)
    {
        Streams.StopAccepting();
        var clock = _clockwork.For(TimerKind.Stop);
        var streamsAreOver = Observable.Interval(StopLook, clock)
            .StartWith(0)
            .Where(_ => Streams.Count == 0)
            .Merge(Observable.Timer(patience - LastAnswers, clock))
            .Take(1);
        // What lies in the listeners' queues has been accepted: it is read before reading ends.
        var lastCall = Observable.Timer(LastCall, clock)
            .Do(_ => _datagrams.Disposable = Disposable.Empty);
        var finished = streamsAreOver
            .SelectMany(_ => lastCall.Concat(Observable.Interval(StopLook, clock)))
            .Where(_ => Data.InFlight == 0 && Streams.Count == 0);
        return finished
            .Merge(Observable.Timer(patience, clock))
            .Take(1)
            .Select(_ => Unit.Default);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Data.GiveUp();
        _parts.Dispose();
    }

    private BackendSession SessionOf(Backend backend)
    {
        var incarnations = _censuses
            .Where(census => census.WasRead)
            .Select(census => census.IncarnationOf(backend.Id));
        // Who goes on has seen the last census.
        _recalled.Remove(backend.Id, out var memory);
        return new(
            backend, _ports.Links, _seam.Carrier(Data.Open(backend.Id)),
            memory is null ? incarnations : incarnations.Skip(_taker.Last.WasRead ? 1 : 0),
            _orders.Drains(backend.Id), _options, _clockwork, _seam, memory)
        {
            Made = _sessionsMade++,
        };
    }

    private static IEnumerable<BalancerEvent> FactsOf(IChangeSet<Backend, BackendId> changes) =>
        changes.Select(change => change.Reason == ChangeReason.Remove
            ? (BalancerEvent)new BalancerEvent.BackendForgotten(change.Key, change.Current.Path)
            : new BalancerEvent.BackendFound(change.Key, change.Current.Path));
}
