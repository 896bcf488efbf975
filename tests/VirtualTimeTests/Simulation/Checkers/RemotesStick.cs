using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// Who is held down, warms up, is suspect, ails or leaves may be passed over by its remotes. Where
/// the table is full, who has been heard of in one second only gives way to newcomers. Departures
/// mean nothing where backups are stored (the original's policy). Of a burst of which some are over
/// the rate limit nobody knows who was heard: forwarding is not watched in it, and it proves no
/// client; nor is silence watched where there is a limit. Who is pinned is moved by orders alone,
/// and neither moved nor displaced by anything else while its backend exists.
/// </summary>
sealed class RemotesStick(Stage stage) : Checker(stage)
{
    readonly SortedDictionary<ClientAddress, BackendId> _primaries = [];
    readonly Dictionary<ClientAddress, TimeSpan> _lastHeard = [];
    readonly Dictionary<ClientAddress, (long First, long Last)> _seconds = [];
    readonly Dictionary<BackendId, (BackendLane Lane, long Before, int Due)> _due = [];
    readonly List<ClientAddress> _gone = [];
    readonly Dictionary<ClientAddress, BackendId> _pins = [];
    readonly HashSet<BackendId> _shunned = [];
    long _stuck;
    long _limited;
    long _displaced;

    protected override string Rule =>
        "A remote keeps its backend while that exists, is served by it while nothing is against it "
        + "and by nobody who is shunned, and is known until it has been silent for long enough.";

    public override void Hears(BalancerEvent fact)
    {
        if (fact is BalancerEvent.RemoteExpired expired)
            Forgotten(expired.Client);
        else if (fact is BalancerEvent.RemoteAssigned assigned)
            Assigned(assigned);
        else if (fact is BalancerEvent.RemotePinned pinned)
            _pins[pinned.Client] = pinned.Backend;
        else if (fact is BalancerEvent.RemoteUnpinned unpinned)
            Ensure(_pins.Remove(unpinned.Client), $"{unpinned.Client} was not pinned");
    }

    public override void Receives(Question[] burst)
    {
        GiveWay();
        _due.Clear();
        _shunned.Clear();
        _stuck = World.Outcomes[Outcome.Stuck];
        _limited = Limited;
        foreach (var lane in World.Control.Data.Lanes)
            _due[lane.Id] = (lane, lane.Counters.Forwarded, 0);
        var sessions = World.Control.Sessions.Items;
        if (Options.Backup != BackupPolicy.RoundRobin && sessions.Any(Stage.Standing.IsWhole))
            _shunned.UnionWith(sessions.Where(Stage.Standing.IsShunned).Select(s => s.Id));
        foreach (var question in burst)
        {
            if (question.Junk is not null)
                continue;
            _lastHeard[question.From.Address] = Stage.Now;
            if (_primaries.TryGetValue(question.From.Address, out var id) && IsWhole(id))
                _due[id] = _due[id] with { Due = _due[id].Due + 1 };
        }
    }

    public override void Received(Question[] burst)
    {
        var anyGaveWay = World.Control.Remotes.Displaced != _displaced;
        GiveWay();
        if (Limited != _limited)
            return;
        NoteSeconds(burst);
        if (World.Outcomes[Outcome.Stuck] != _stuck)
            return;
        foreach (var (id, (lane, before, due)) in _due)
        {
            var forwarded = lane.Counters.Forwarded - before;
            // A full ring sends some elsewhere, and counts them.
            Ensure(
                forwarded >= due || lane.Counters.Stuck > 0 || anyGaveWay,
                $"{due} datagrams are {id}'s, which carries, and got {forwarded}");
            Ensure(
                forwarded == 0 || !_shunned.Contains(id),
                $"{id} gets {forwarded} datagrams, and is shunned");
        }
    }

    public override void Looks()
    {
        GiveWay();
        foreach (var (client, primary) in _primaries)
        {
            var remote = World.Control.Remotes.Find(client);
            Ensure(
                remote?.Primary == primary,
                $"{client} was {primary}'s, is {remote?.Primary}'s, and nobody said so");
            Ensure(
                !IsHeldByPin(client) || _pins[client] == primary,
                $"{client} is pinned to {_pins.GetValueOrDefault(client)}, and is {primary}'s");
        }
        Ensure(
            World.Control.Remotes.Pinned.Count == _pins.Count,
            $"{World.Control.Remotes.Pinned.Count} are pinned, {_pins.Count} were told of");
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
                Ensure(
                    !isKnown || IsOnProbation(client), $"{client} is no newcomer: it was {last}'s");
                Ensure(!IsHeldByPin(client), $"{client} is pinned, and goes to {assigned.Backend}");
                _seconds[client] = (Second, Second);
                break;
            case AssignedBecause.Pinned:
                Ensure(
                    _pins.TryGetValue(client, out var pin) && pin == assigned.Backend,
                    $"{client} is not pinned: {assigned}");
                if (!isKnown)
                    _seconds[client] = (Second, Second);
                break;
            case AssignedBecause.Moved:
                Ensure(isKnown && Exists(assigned.Backend), $"{client} is moved: {assigned}");
                Ensure(
                    !_pins.TryGetValue(client, out var other) || other == assigned.Backend,
                    $"{client} is pinned, and moved: {assigned}");
                break;
            case AssignedBecause.PrimaryGone:
                Ensure(
                    isKnown && (!Exists(last) || Options.Standby.ContainsKey(last)),
                    $"{client} leaves {last}, which is not gone");
                break;
            case AssignedBecause.HighestWeight:
                Ensure(
                    isKnown && !IsHeldByPin(client)
                        && (Options.Affinity == AffinityPolicy.Rendezvous
                            || !Exists(last) || Options.Standby.ContainsKey(last)),
                    $"{client} need not leave {last}: {assigned}");
                break;
            default:
                Ensure(isKnown && Carries(assigned.Backend), $"{client} is moved: {assigned}");
                Ensure(!_pins.ContainsKey(client), $"{client} is pinned, and moved: {assigned}");
                break;
        }
        _primaries[client] = assigned.Backend;
    }

    void Forgotten(ClientAddress client)
    {
        Ensure(_primaries.Remove(client), $"{client} is forgotten twice");
        var silent = Stage.Now - _lastHeard.GetValueOrDefault(client);
        Ensure(
            silent >= Options.RemoteIdle || Options.RateLimit > 0,
            $"{client} is forgotten after {silent}");
    }

    // Who is no longer known, and nobody said so, has given way: it may, if it is on probation.
    void GiveWay()
    {
        if (World.Control.Remotes.Displaced == _displaced)
            return;
        _displaced = World.Control.Remotes.Displaced;
        foreach (var client in _primaries.Keys)
        {
            if (World.Control.Remotes.Find(client) is not null)
                continue;
            _gone.Add(client);
            Ensure(IsOnProbation(client), $"{client} is established, and gives way");
            Ensure(!_pins.ContainsKey(client), $"{client} is pinned, and gives way");
        }
        foreach (var client in _gone)
            _primaries.Remove(client);
        _gone.Clear();
    }

    void NoteSeconds(Question[] burst)
    {
        foreach (var question in burst)
        {
            if (question.Junk is null
                && _seconds.TryGetValue(question.From.Address, out var heard))
                _seconds[question.From.Address] = heard with { Last = Second };
        }
    }

    bool IsHeldByPin(ClientAddress client) =>
        _pins.TryGetValue(client, out var pin) && Exists(pin);

    bool Exists(BackendId id) => World.Control.Backends.Lookup(id).HasValue;

    bool IsOnProbation(ClientAddress client) =>
        _seconds.TryGetValue(client, out var heard) && heard.First == heard.Last;

    long Second => World.Scheduler.Now.ToUnixTimeSeconds();

    // One that is told so, and cannot be, counts as not sent.
    long Limited => World.Outcomes[Outcome.RateLimited] + World.Outcomes[Outcome.Slipped]
        + World.Outcomes[Outcome.AnswerNotSent];

    bool IsWhole(BackendId id) =>
        World.Control.Sessions.Lookup(id) is { HasValue: true } found
        && Stage.Standing.IsWhole(found.Value);

    bool Carries(BackendId id) =>
        World.Control.Sessions.Lookup(id) is { HasValue: true } found
        && found.Value.State is Session.Live;
}
