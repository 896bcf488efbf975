// REMOTES: who has asked us lately, and whose they are.
//
// A remote is a client address, and it keeps its backend: whoever runs dig twice asks the same
// backend twice. A cache of remotes, changed in four ways only: strangers of a burst are admitted
// in one edit; remotes unheard of for five minutes are forgotten (M19); those of a backend that no
// longer exists are given to the backend that serves them already (S4); and when the spread is too
// wide, the fewest are moved that make it even (S10, W12). Each sweep takes a bounded share a turn.
//
// Not promised: an even spread between sweeps; that a remote is remembered when the table is full.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Rx.Routing;
using DynamicData;

namespace Balancer.Rx.Remotes;

/// <summary>The bounded cache of remotes and the sweeps over it.</summary>
public sealed class RemoteRegistry : IAdmission, IDisposable
{
    private readonly SourceCache<Remote, ClientAddress> _cache = new(remote => remote.Address);
    private readonly Subject<BalancerEvent> _facts = new();
    private readonly CompositeDisposable _subscriptions = [];
    private readonly IRemoteActivity _activity;
    private readonly BalancerOptions _options;
    private readonly IScheduler _scheduler;
    private Choices _choices = Choices.None;
    private BackendId _turn;
    private bool _full;

    /// <summary>Sweeps on the scheduler until disposed.</summary>
    /// <param name="live">The backends that can carry, whenever they change.</param>
    /// <param name="fit">Those of them that are given remotes, whenever they change.</param>
    /// <param name="known">The backends that exist, whenever they change.</param>
    /// <param name="activity">What the data plane knows of the remotes.</param>
    /// <param name="options">Limits, intervals and policies.</param>
    /// <param name="scheduler">The core's.</param>
    public RemoteRegistry(
        IObservable<IEnumerable<BackendId>> live, IObservable<IEnumerable<BackendId>> fit,
        IObservable<IEnumerable<BackendId>> known,
        IRemoteActivity activity, BalancerOptions options, IScheduler scheduler)
    {
        _activity = activity;
        _options = options;
        _scheduler = scheduler;

        // Where nobody is fit, whoever lives will do.
        var eligible = live.CombineLatest(
            fit, (carrying, able) => Eligible([.. able.Intersect(carrying)], carrying));
        var choices = eligible.CombineLatest(
            known,
            (able, existing) => new Choices([.. able.Order()], existing.ToHashSet()));
        var expiries = Observable
            .Interval(options.ExpireEvery, scheduler)
            .SelectMany(_ => Expiry());
        var looks = Observable.Interval(options.RebalanceEvery, scheduler);

        _subscriptions.Add(choices.Subscribe(now => _choices = now));
        _subscriptions.Add(expiries.Subscribe());
        _subscriptions.Add(looks.Subscribe(_ => LookAtSpread()));
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

    /// <inheritdoc/>
    public void Admit(ReadOnlySpan<ClientAddress> clients)
    {
        if (_choices.Live.Length == 0)
            return;
        // The edit's delegate cannot hold a span; a burst of strangers may cost an array.
        var strangers = clients.ToArray();
        _cache.Edit(remotes =>
        {
            foreach (var address in strangers)
                Admit(remotes, address);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subscriptions.Dispose();
        _cache.Dispose();
        _facts.OnCompleted();
    }

    private void Admit(ISourceUpdater<Remote, ClientAddress> remotes, ClientAddress address)
    {
        var known = remotes.Lookup(address);
        if (!known.HasValue && IsFull(remotes.Count))
            return;
        var decision = known.HasValue
            ? Affinity.Again(known.Value, _turn, _choices)
            : Affinity.Newcomer(address, _turn, _choices);
        _turn = decision.Turn;
        if (decision.Reason is not { } reason)
            return;
        remotes.AddOrUpdate(decision.Remote);
        if (!known.HasValue)
            _facts.OnNext(new BalancerEvent.RemoteNew(address));
        Tell(decision.Remote, reason);
    }

    private static IEnumerable<BackendId> Eligible(
        BackendId[] fit, IEnumerable<BackendId> live) => fit.Length > 0 ? fit : live;

    private bool IsFull(int count)
    {
        var full = count >= _options.MaxRemotes;
        if (full && !_full)
            _facts.OnNext(new BalancerEvent.RemotesFull(_options.MaxRemotes));
        return _full = full;
    }

    // A share at once; while there are more, the next one in the loop's next turn.
    private IObservable<Unit> Expiry()
    {
        var sweep = default(RemoteSweep);
        return Observable.Generate(
            Expire(ref sweep), more => more, _ => Expire(ref sweep), _ => Unit.Default, _scheduler);
    }

    private bool Expire(ref RemoteSweep sweep)
    {
        var limit = _scheduler.Now - _options.RemoteIdle;
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

    private void LookAtSpread()
    {
        var live = _choices.Live;
        if (live.Length == 0)
            return;
        var shares = live.Select(id => new Share(id, _activity.RemotesOf(id))).ToArray();
        var lead = Spread.Of(shares, out var fullest, out var emptiest);
        var moves = Orphans().Concat(Moves(Spread.Plan(shares, _options.Rebalance)))
            .Take(_options.SweepShare)
            .ToList();
        if (moves.Count > 0)
            _cache.AddOrUpdate(moves.Select(move => move.Remote));
        foreach (var (remote, reason) in moves)
            Tell(remote, reason);
        if (moves.Count > 0 || lead > 0)
        {
            _facts.OnNext(new BalancerEvent.SpreadMeasured(
                fullest.Remotes, emptiest.Remotes, fullest.Backend, moves.Count));
        }
    }

    // Those of a backend that no longer exists stay where rendezvous has put them: nobody moves.
    private IEnumerable<(Remote Remote, AssignedBecause Reason)> Orphans() =>
        _options.Backup == BackupPolicy.RoundRobin
        || _activity.Count == _choices.Known.Sum(_activity.RemotesOf)
            ? []
            : _cache.Items
                .Where(remote => !_choices.Known.Contains(remote.Primary))
                .Select(remote => (
                    new Remote(
                        remote.Address, Rendezvous.Choose(remote.Address.Value, _choices.Live)),
                    AssignedBecause.PrimaryGone));

    private IEnumerable<(Remote Remote, AssignedBecause Reason)> Moves(
        IReadOnlyList<Transfer> plan) => plan.Count == 0
            ? []
            : plan.GroupBy(transfer => transfer.From).SelectMany(Leaving);

    private IEnumerable<(Remote Remote, AssignedBecause Reason)> Leaving(
        IGrouping<BackendId, Transfer> transfers)
    {
        var leaving = _cache.Items
            .Where(remote => remote.Primary == transfers.Key)
            .OrderBy(remote => _options.Rebalance == RebalancePolicy.LowestAddresses
                ? remote.Address.Value
                : Rendezvous.Weight(remote.Address.Value, remote.Primary))
            .GetEnumerator();
        foreach (var transfer in transfers)
        {
            for (var i = 0; i < transfer.Count && leaving.MoveNext(); i++)
            {
                var to = transfer.To ?? (_turn = _choices.After(_turn));
                yield return (new(leaving.Current.Address, to), AssignedBecause.Rebalanced);
            }
        }
    }

    private void Tell(Remote remote, AssignedBecause reason) => _facts.OnNext(
        new BalancerEvent.RemoteAssigned(remote.Address, remote.Backup ?? remote.Primary, reason));
}
