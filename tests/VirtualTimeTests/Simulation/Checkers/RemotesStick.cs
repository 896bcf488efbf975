using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

sealed class RemotesStick(Stage stage) : Checker(stage)
{
    readonly SortedDictionary<ClientAddress, BackendId> _primaries = [];
    readonly Dictionary<ClientAddress, TimeSpan> _lastHeard = [];
    readonly Dictionary<BackendId, (BackendLane Lane, long Before, int Due)> _due = [];
    long _stuck;

    protected override string Rule =>
        "A remote keeps its backend while that exists, is served by it while that carries, and is "
        + "known until it has been silent for long enough.";

    public override void Hears(BalancerEvent fact)
    {
        if (fact is BalancerEvent.RemoteExpired expired)
            Forgotten(expired.Client);
        else if (fact is BalancerEvent.RemoteAssigned assigned)
            Assigned(assigned);
    }

    public override void Receives(Question[] burst)
    {
        _due.Clear();
        _stuck = World.Outcomes[Outcome.Stuck];
        foreach (var lane in World.Control.Data.Lanes)
            _due[lane.Id] = (lane, lane.Counters.Forwarded, 0);
        foreach (var question in burst)
        {
            if (question.Junk is not null)
                continue;
            _lastHeard[question.From.Address] = Stage.Now;
            if (_primaries.TryGetValue(question.From.Address, out var id) && Carries(id))
                _due[id] = _due[id] with { Due = _due[id].Due + 1 };
        }
    }

    public override void Received(Question[] burst)
    {
        if (World.Outcomes[Outcome.Stuck] != _stuck || Promises.HoldsDown)
            return;
        foreach (var (id, (lane, before, due)) in _due)
        {
            var forwarded = lane.Counters.Forwarded - before;
            // A full ring sends some elsewhere, and counts them.
            Ensure(
                forwarded >= due || lane.Counters.Stuck > 0,
                $"{due} datagrams are {id}'s, which carries, and got {forwarded}");
        }
    }

    public override void Looks()
    {
        foreach (var (client, primary) in _primaries)
        {
            var remote = World.Control.Remotes.Find(client);
            Ensure(
                remote?.Primary == primary,
                $"{client} was {primary}'s, is {remote?.Primary}'s, and nobody said so");
        }
        Ensure(
            World.Control.Remotes.Count == _primaries.Count,
            $"{World.Control.Remotes.Count} remotes are known, {_primaries.Count} were told of");
    }

    void Assigned(BalancerEvent.RemoteAssigned assigned)
    {
        var client = assigned.Client;
        var isKnown = _primaries.TryGetValue(client, out var last);
        switch (assigned.Reason)
        {
            case AssignedBecause.PrimaryDown or AssignedBecause.PrimaryBack:
                Ensure(isKnown, $"{client} has a backup and no primary");
                return;
            case AssignedBecause.Newcomer:
                Ensure(!isKnown, $"{client} is no newcomer: it was {last}'s");
                break;
            case AssignedBecause.PrimaryGone:
                Ensure(
                    isKnown && !World.Control.Backends.Lookup(last).HasValue,
                    $"{client} leaves {last}, which is not gone");
                break;
            default:
                Ensure(isKnown && Carries(assigned.Backend), $"{client} is moved: {assigned}");
                break;
        }
        _primaries[client] = assigned.Backend;
    }

    void Forgotten(ClientAddress client)
    {
        Ensure(_primaries.Remove(client), $"{client} is forgotten twice");
        var silent = Stage.Now - _lastHeard.GetValueOrDefault(client);
        Ensure(silent >= Options.RemoteIdle, $"{client} is forgotten after {silent}");
    }

    bool Carries(BackendId id) =>
        World.Control.Sessions.Lookup(id) is { HasValue: true } found
        && found.Value.State is Session.Live;
}
