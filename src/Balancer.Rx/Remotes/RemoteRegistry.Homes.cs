using System.Reactive;
using System.Reactive.Linq;
using Balancer.Rx.Time;

namespace Balancer.Rx.Remotes;

// Where clients belong. By turn that is whoever they were dealt to, unless it has become a standby
// meanwhile; by rendezvous, the backend of the strongest claim among those that exist, whatever was
// so before. When a backend comes, its clients go to it in shares: it has not even been connected
// to by then, so they are served where they were until it carries. When one goes, its clients go to
// whoever has stood in for it already. Who is pinned stays where it is pinned.
public sealed partial class RemoteRegistry
{
    private bool IsChosen => _options.Affinity == AffinityPolicy.Rendezvous;

    private bool StoresBackups => _options.Backup == BackupPolicy.RoundRobin;

    // Where somebody is dealt to, it must carry; where it is chosen, it need not, if anybody does.
    private bool CanAdmit => IsChosen
        ? _choices.AnyCarries && _choices.Homes.Length > 0
        : _choices.Live.Length > 0;

    private IObservable<Unit> Strayings(
        IObservable<IEnumerable<BackendId>> known, IObservable<BackendPolicy> policies)
    {
        var changes = policies.Skip(1).Select(_ => Unit.Default);
        return (IsChosen ? changes.Merge(known.Select(_ => Unit.Default)) : changes)
            .Select(_ => Homecoming())
            .Switch();
    }

    // A share in each of the loop's turns, from the next one on; another change begins anew.
    private IObservable<Unit> Homecoming()
    {
        var sweep = default(RemoteSweep);
        return Observable.Generate(
            true, more => more, _ => BringHome(ref sweep), _ => Unit.Default,
            _clockwork.For(TimerKind.HomeShare));
    }

    private bool BringHome(ref RemoteSweep sweep)
    {
        var count = _activity.Count;
        if (count == 0)
            return false;
        var astray = new ClientAddress[Math.Min(_options.SweepShare, count)];
        var found = _activity.Astray(astray, ref sweep);
        GoHome(astray.AsSpan(0, found));
        return !sweep.IsOver;
    }

    private void GoHome(ReadOnlySpan<ClientAddress> clients)
    {
        var homes = IsChosen ? _choices.Homes : _choices.Live;
        if (homes.Length == 0)
            return;
        var strayed = new List<Remote>();
        foreach (var client in clients)
        {
            if (Find(client) is not { } remote || IsSettled(remote))
                continue;
            var home = Rendezvous.Choose(client.Value, homes);
            if (home != remote.Primary)
                strayed.Add(new(client, home));
        }
        Assign(strayed, AssignedBecause.HighestWeight);
    }

    // Whether it is where it was pinned to, or where it was dealt to and may stay.
    private bool IsSettled(Remote remote) =>
        _choices.Known.Contains(remote.Primary)
        && (_pins.Of(remote.Address)?.Backend == remote.Primary
            || !IsChosen && _choices.Policy.OrderOf(remote.Primary) == 0);

    private int SettledAt(BackendId id)
    {
        var remotes = _activity.RemotesOf(id);
        return _choices.Policy.OrderOf(id) == 0
            ? remotes
            : Math.Min(remotes, _pins.All.Count(pin => pin.Value.Backend == id));
    }
}
