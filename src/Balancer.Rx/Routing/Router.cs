using System.Reactive.Disposables;
using Balancer.Rx.Remotes;
using DynamicData;

namespace Balancer.Rx.Routing;

/// <summary>
/// A backend that can carry queries, as a value: who it is and which lane it has.
/// </summary>
/// <param name="Id">Its number.</param>
/// <param name="Lane">The index of its lane in the data plane.</param>
public readonly record struct LiveBackend(BackendId Id, int Lane);

/// <summary>
/// The join of the live backends with the remotes' affinities, kept as an index instead of being
/// materialised: each changeset is applied to <see cref="RouteTable"/> as it comes.
/// <code>
/// live     Add, Update: one place carries     Remove: one place does not   Refresh: nothing
/// shares   of a backend that lives: its place gets so many parts
/// remotes  Add: a slot     Update: its places change     Remove: no slot   Refresh: nothing
/// </code>
/// A property test holds it against a plain join of the same two caches.
/// </summary>
public sealed class Router : IDisposable
{
    private readonly Dictionary<BackendId, int> _parts = [];
    private readonly RouteTable _table;
    private readonly ITicks _clock;
    private readonly CompositeDisposable _subscriptions = [];

    /// <summary>Follows both caches until disposed.</summary>
    /// <param name="live">The backends that can carry.</param>
    /// <param name="shares">How many of their remotes they get: all, unless told here.</param>
    /// <param name="remotes">Who has asked, and whose they are.</param>
    /// <param name="table">What the data plane reads.</param>
    /// <param name="clock">For the first sight of a remote.</param>
    /// <param name="failed">Told when a stream fails; routes stay as they are then.</param>
    public Router(
        IObservable<IChangeSet<LiveBackend, BackendId>> live,
        IObservable<BackendShare> shares,
        IObservable<IChangeSet<Remote, ClientAddress>> remotes,
        RouteTable table, ITicks clock, Action<Exception> failed)
    {
        _table = table;
        _clock = clock;
        _subscriptions.Add(shares.Subscribe(Apply, failed));
        _subscriptions.Add(live.Subscribe(Apply, failed));
        _subscriptions.Add(remotes.Subscribe(Apply, failed));
    }

    /// <inheritdoc/>
    public void Dispose() => _subscriptions.Dispose();

    private void Apply(IChangeSet<LiveBackend, BackendId> changes)
    {
        foreach (var change in changes)
        {
            if (change.Reason is ChangeReason.Add or ChangeReason.Update)
                _table.SetCarrier(change.Key, change.Current.Lane, PartsOf(change.Key));
            else if (change.Reason is ChangeReason.Remove)
                _table.ClearCarrier(change.Key);
        }
    }

    // A share may be told before its backend lives, and after it has died.
    private void Apply(BackendShare share)
    {
        if (share.Parts == BackendShare.Whole)
            _parts.Remove(share.Id);
        else
            _parts[share.Id] = share.Parts;
        _table.SetParts(share.Id, share.Parts);
    }

    private int PartsOf(BackendId id) => _parts.GetValueOrDefault(id, BackendShare.Whole);

    private void Apply(IChangeSet<Remote, ClientAddress> changes)
    {
        var seen = Seconds.Since1970(_clock.UtcTicks);
        foreach (var change in changes)
        {
            var remote = change.Current;
            if (change.Reason is ChangeReason.Add)
                _table.Add(remote.Address, remote.Primary, remote.Backup, seen);
            else if (change.Reason is ChangeReason.Update)
                _table.Change(remote.Address, remote.Primary, remote.Backup);
            else if (change.Reason is ChangeReason.Remove)
                _table.Remove(remote.Address);
        }
    }
}
