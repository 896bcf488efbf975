// REMOTES: who has asked us lately, and whose they are.
//
// A remote is a client address, and it keeps its backend: whoever runs dig twice asks the same
// backend twice. A cache of remotes, changed in six ways only: strangers of a burst are admitted
// in one edit; remotes unheard of for five minutes are forgotten (M19); those of a backend that no
// longer exists are given to the backend that serves them already (S4); while some backends carry
// more than others, a few remotes are moved (S10, W12); an operator may say whose a client is
// (RemoteRegistry.Orders.cs); and where clients are chosen for by rendezvous, who is a newcomer's
// goes to it (RemoteRegistry.Homes.cs). Each sweep takes a bounded share a turn.
//
// Source addresses can be forged, so a newcomer is on probation until it is heard of in a second
// second, or by TCP. When the table is full, newcomers take the places of those who have been on
// probation longest, so many a second; a remote that has proven itself keeps its place until it is
// silent for too long. Whoever finds no place is served as well, by rendezvous weight, and the same
// way each time. A flood of forged addresses thus costs a bounded table, a bounded number of edits,
// and no client that was here before it.
//
// Not promised: an even spread between sweeps; that a newcomer is remembered when the table is
// full; that whoever forges the same addresses again and again is told from clients.

using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Rx.Recording;
using Balancer.Rx.Routing;
using Balancer.Rx.Time;
using DynamicData;

namespace Balancer.Rx.Remotes;

/// <summary>The bounded cache of remotes and the sweeps over it.</summary>
public sealed partial class RemoteRegistry : IAdmission, IDisposable
{
    private readonly SourceCache<Remote, ClientAddress> _cache = new(remote => remote.Address);
    private readonly Subject<BalancerEvent> _facts = new();
    private readonly CompositeDisposable _subscriptions = [];
    private readonly IRemoteActivity _activity;
    private BalancerOptions _options;
    private readonly Clockwork _clockwork;
    private readonly Seam _seam;
    private readonly RecentMoves _recent;
    private Choices _choices = Choices.None;
    private Turn _turn;

    /// <summary>Sweeps on the scheduler until disposed.</summary>
    /// <param name="live">The backends that can carry, whenever they change.</param>
    /// <param name="fit">Those of them that are given remotes, whenever they change.</param>
    /// <param name="known">The backends that exist, whenever they change.</param>
    /// <param name="policies">Weights and standbys; at once, then whenever they change.</param>
    /// <param name="activity">What the data plane knows of the remotes.</param>
    /// <param name="options">Limits, intervals and policies.</param>
    /// <param name="clockwork">The core's.</param>
    /// <param name="seam">Who comes, crosses it.</param>
    /// <param name="memory">Where to go on from; null: nobody has asked so far.</param>
    internal RemoteRegistry(
        IObservable<IEnumerable<BackendId>> live, IObservable<IEnumerable<BackendId>> fit,
        IObservable<IEnumerable<BackendId>> known, IObservable<BackendPolicy> policies,
        IRemoteActivity activity, BalancerOptions options, Clockwork clockwork, Seam seam,
        RemotesMemory? memory = null)
    {
        _activity = activity;
        _options = options;
        _clockwork = clockwork;
        _seam = seam;
        _probation = new(options.MaxRemotes);
        _recent = new(options);
        _pins = new(options.MaxPins, clockwork);

        var choices = live.CombineLatest(
            fit, known, policies, (carrying, able, existing, policy) =>
                new Choices([.. carrying], able, existing.ToHashSet(), policy));
        var expiries = Observable
            .Interval(options.ExpireEvery, clockwork.For(TimerKind.Expiry))
            .SelectMany(_ => Expiry());
        var looks = Observable
            .Interval(options.RebalanceEvery, clockwork.For(TimerKind.SpreadLook))
            .SelectMany(_ => LookAtSpread().ToObservable(
                clockwork.For(TimerKind.SpreadShare)));

        if (memory is not null)
            Recall(memory);
        _subscriptions.Add(choices.Subscribe(Choose));
        _subscriptions.Add(Strayings(known, policies).Subscribe());
        _subscriptions.Add(expiries.Subscribe());
        _subscriptions.Add(looks.Subscribe());
    }

    /// <summary>How many there are.</summary>
    public int Count => _cache.Count;

    /// <summary>What happens to them.</summary>
    public IObservable<BalancerEvent> Facts => _facts.AsObservable();

    /// <summary>The cache as a stream of changes; one changeset per burst or sweep.</summary>
    public IObservable<IChangeSet<Remote, ClientAddress>> Connect() => _cache.Connect();

    /// <summary>This remote, if it is known.</summary>
    public Remote? Find(ClientAddress address) =>
        _cache.Lookup(address) is { HasValue: true } found ? found.Value : null;

    /// <summary>By these from now on.</summary>
    internal void Settle(BalancerOptions options)
    {
        _options = options;
        _recent.Settle(options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subscriptions.Dispose();
        _pins.Dispose();
        _cache.Dispose();
        _facts.OnCompleted();
    }

    private void Choose(Choices now)
    {
        _choices = now;
        RestorePins();
    }

    // A share at once; while there are more, the next one in the loop's next turn.
    private IObservable<Unit> Expiry()
    {
        TellDisplaced();
        var sweep = default(RemoteSweep);
        return Observable.Generate(
            Expire(ref sweep), more => more, _ => Expire(ref sweep), _ => Unit.Default,
            _clockwork.For(TimerKind.ExpiryShare));
    }

    private bool Expire(ref RemoteSweep sweep)
    {
        var limit = _clockwork.Now - _options.RemoteIdle;
        if (_activity.Count == 0)
            return false;
        var idle = new ClientAddress[Math.Min(_options.SweepShare, _activity.Count)];
        var found = _activity.IdleSince((uint)limit.ToUnixTimeSeconds(), idle, ref sweep);
        Array.Resize(ref idle, found);
        _cache.Edit(remotes =>
        {
            foreach (var address in idle)
                remotes.RemoveKey(address);
        });
        foreach (var address in idle)
            _facts.OnNext(new BalancerEvent.RemoteExpired(address));
        return !sweep.IsOver;
    }

    private void Tell(Remote remote, AssignedBecause reason) => _facts.OnNext(
        new BalancerEvent.RemoteAssigned(remote.Address, remote.Backup ?? remote.Primary, reason));
}
