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
using Balancer.Rx.Remotes;
using Balancer.Rx.Routing;
using Balancer.Rx.Streams;
using DynamicData;

namespace Balancer.Rx;

/// <summary>A balancer of one loop: composed by the constructor, running from <see cref="Start"/>.
/// To be used on the scheduler's thread only.</summary>
public sealed class ControlPlane : IDisposable
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
    private readonly BalancerOptions _options;
    private readonly IScheduler _scheduler;

    /// <summary>Composes everything; nothing happens yet.</summary>
    /// <param name="ports">The world.</param>
    /// <param name="options">Checked options.</param>
    /// <param name="failed">Told of what should not happen: an error in one of the streams.</param>
    /// <param name="scheduler">All time and all turns.</param>
    public ControlPlane(
        Ports ports, BalancerOptions options, Action<Exception> failed, IScheduler scheduler)
    {
        (_ports, _options, _failed, _scheduler) = (ports, options, failed, scheduler);
        var clock = new SchedulerTicks(scheduler);
        var holding = new BehaviorSubject<IReadOnlySet<BackendId>>(new HashSet<BackendId>());
        Routes = new(options);
        Data = new(ports.Replies, Routes, options, clock);

        _censuses = ports.Directory.Censuses(options, scheduler).Replay(1);
        Backends = _censuses
            .CombineLatest(holding, (census, held) => census.Known(held))
            .EditDiff(backend => backend.Id)
            .AsObservableCache();
        _orders = new(ports.Commands, id => Backends.Lookup(id).HasValue);
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
            live.Connect().Ids(), fit.Ids(), Backends.Connect().Ids(), Routes, options, scheduler);
        var router = new Router(
            live.Connect(), shares, Remotes.Connect(), Routes, clock, failed);
        var streams = new StreamRoutes(Routes, Remotes, new PathsOf(Backends), clock);
        Streams = new(ports.StreamListener, ports.StreamConnector, streams, options, scheduler);
        _forwarder = new(Data, Routes, Remotes);

        var retirements = Observable.Interval(TimeSpan.FromSeconds(1), scheduler);
        var arrivals = live.Connect()
            .Where(changes => changes.Any(change => change.Reason is ChangeReason.Add))
            .Select(_ => Unit.Default)
            .ObserveOn(scheduler);
        var releases = Data.Parking.Calms(options.ReplayPause, scheduler).Merge(arrivals);
        var lateWaits = Data.Parking.LateWaits(scheduler);
        var starved = Observable
            .FromEvent(h => _forwarder.NothingCarries += h, h => _forwarder.NothingCarries -= h)
            .AtMostOnceIn(TimeSpan.FromSeconds(5), scheduler);
        _facts = Observable
            .Merge(
                _censuses.SelectMany(census => census.Facts),
                Backends.Connect().SelectMany(FactsOf),
                Sessions.Connect().MergeMany(session => session.Facts),
                Remotes.Facts,
                Streams.Events,
                starved.Select(_ => new BalancerEvent.NoBackends()),
                _orders.Refused)
            .Timestamp(scheduler)
            .Publish();

        _parts.Add(_orders.OfClients.Subscribe(Remotes.Obey, failed));
        _parts.Add(held.Ids().Subscribe(ids => holding.OnNext(ids.ToHashSet()), failed));
        _parts.Add(retirements.Subscribe(_ => Data.Retire(), failed));
        _parts.Add(lateWaits.Subscribe(_ => _forwarder.EndWaits(), failed));
        _parts.Add(releases.Subscribe(_ => _forwarder.Release(), failed));
        foreach (var part in new IDisposable[]
            { _datagrams, Streams, router, Remotes, live, Sessions, _orders, Backends, holding })
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

    /// <summary>Begins: facts first, then the directory, then the datagrams.</summary>
    public void Start()
    {
        _parts.Add(_facts.Connect());
        _parts.Add(_censuses.Connect());
        _datagrams.Disposable = _ports.Datagrams.Subscribe(_forwarder.Forward, _failed);
    }

    /// <summary>
    /// Takes no new connections, and no new datagrams once the connections are over: nobody who
    /// holds one keeps others from being answered. Yields once what is in flight has finished, or
    /// after <see cref="BalancerOptions.StopPatience"/>.
    /// </summary>
    public IObservable<Unit> Stop()
    {
        Streams.StopAccepting();
        var streamsAreOver = Observable.Interval(StopLook, _scheduler)
            .StartWith(0)
            .Where(_ => Streams.Count == 0)
            .Merge(Observable.Timer(_options.StopPatience - LastAnswers, _scheduler))
            .Take(1);
        // What lies in the listeners' queues has been accepted: it is read before reading ends.
        var lastCall = Observable.Timer(LastCall, _scheduler)
            .Do(_ => _datagrams.Disposable = Disposable.Empty);
        var finished = streamsAreOver
            .SelectMany(_ => lastCall.Concat(Observable.Interval(StopLook, _scheduler)))
            .Where(_ => Data.InFlight == 0 && Streams.Count == 0);
        return finished
            .Merge(Observable.Timer(_options.StopPatience, _scheduler))
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
        return new(
            backend, _ports.Links, Data.Open(backend.Id), incarnations,
            _orders.Drains(backend.Id), _options, _scheduler);
    }

    private static IEnumerable<BalancerEvent> FactsOf(IChangeSet<Backend, BackendId> changes) =>
        changes.Select(change => change.Reason == ChangeReason.Remove
            ? (BalancerEvent)new BalancerEvent.BackendForgotten(change.Key, change.Current.Path)
            : new BalancerEvent.BackendFound(change.Key, change.Current.Path));
}
