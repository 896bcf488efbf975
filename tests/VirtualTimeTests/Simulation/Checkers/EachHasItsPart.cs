using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// In turn: for as long as the same backends can be dealt to, each has got its part of the
/// newcomers, give or take what the beginning and the end of a round make. By rendezvous: whoever
/// is a remote is where it belongs, as soon as what came or went last is some turns ago.
/// </summary>
sealed class EachHasItsPart(Stage stage) : Checker(stage)
{
    static readonly TimeSpan SomeTurns = 50.Milliseconds();

    readonly Dictionary<BackendId, int> _dealt = [];
    BackendId[] _dealtTo = [];
    TimeSpan _changedAt;

    protected override string Rule =>
        "Newcomers are dealt out by weight, or chosen for by rendezvous; a standby is nobody's.";

    bool IsChosen => Options.Affinity == AffinityPolicy.Rendezvous;

    public override void Hears(BalancerEvent fact)
    {
        if (fact is BalancerEvent.BackendFound or BalancerEvent.BackendForgotten)
            _changedAt = Stage.Now;
        if (fact is not BalancerEvent.RemoteAssigned assigned)
            return;
        if (assigned.Reason is AssignedBecause.Pinned or AssignedBecause.Moved)
            return;
        Ensure(
            !Options.Standby.ContainsKey(assigned.Backend),
            $"{assigned.Backend} is a standby: {assigned}");
        // Where backups are stored they take turns, too.
        if (assigned.Reason == AssignedBecause.Newcomer && !IsChosen
            && Options.Backup != BackupPolicy.RoundRobin)
            Dealt(assigned.Backend);
        else if (IsChosen)
            IsHome(assigned.Client, assigned.Backend);
    }

    public override void Looks()
    {
        if (!IsChosen || Stage.Now - _changedAt < SomeTurns + Stage.LongestStall)
            return;
        foreach (var client in Stage.Traffic.Clients.Select(client => client.Address).Distinct())
        {
            if (World.Control.Remotes.Find(client) is { } remote
                && World.Control.Remotes.Pinned.Of(client) is null)
                IsHome(client, remote.Primary);
        }
    }

    void IsHome(ClientAddress client, BackendId primary)
    {
        var homes = Claims.Homes(World.Control.Backends.Keys, Options).ToArray();
        var home = Claims.Strongest(client, homes, Options);
        Ensure(
            home is not { } belongs || belongs == primary,
            $"{client} belongs to {home}, and is {primary}'s");
    }

    void Dealt(BackendId to)
    {
        var live = World.Control.Sessions.Items
            .Where(session => session.State is Session.Live
                && !Options.Standby.ContainsKey(session.Id))
            .ToArray();
        var able = Array.FindAll(live, session => !Stage.Standing.IsShunned(session));
        BackendId[] dealtTo =
        [
            .. (able.Length > 0 ? able : live).Select(session => session.Id).Order(),
        ];
        if (!dealtTo.SequenceEqual(_dealtTo))
            _dealt.Clear();
        _dealtTo = dealtTo;
        _dealt[to] = _dealt.GetValueOrDefault(to) + 1;
        var weights = dealtTo.Sum(WeightOf);
        var all = _dealt.Values.Sum();
        foreach (var id in dealtTo)
        {
            var due = (double)all * WeightOf(id) / weights;
            var off = Math.Abs(_dealt.GetValueOrDefault(id) - due);
            Ensure(
                off <= dealtTo.Length + 3,
                $"of {all} newcomers {id} got {_dealt.GetValueOrDefault(id)}, {due} were due");
        }
    }

    int WeightOf(BackendId id) => Options.Weights.GetValueOrDefault(id, 1);
}
