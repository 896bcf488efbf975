using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// Where somebody is whole, this is known before a burst: who has a whole primary is served by it;
/// who has one that cannot carry, or is given nobody, or has none since there was no
/// place or only standbys carry, is served by whoever claims it most strongly of the whole ones
/// that are first in order. A standby that is not, gets nobody but its own. Not watched: clients of
/// one that warms up; bursts in which somebody is over the limit, or finds a ring full.
/// </summary>
sealed class WhoCarriesDoes(Stage stage) : Checker(stage)
{
    readonly Dictionary<BackendId, int> _due = [];
    readonly Dictionary<BackendId, long> _before = [];
    readonly HashSet<BackendId> _idle = [];
    readonly HashSet<BackendId> _own = [];
    bool _isForeseen;
    long _setAside;

    protected override string Rule =>
        "Who cannot be served by its own is served by the strongest claim of those that carry; "
        + "a standby carries for others while nobody else can.";

    bool IsChosen => Options.Affinity == AffinityPolicy.Rendezvous;

    // Whatever else may become of a datagram than to be forwarded by the routes.
    long SetAside =>
        World.Outcomes[Outcome.RateLimited] + World.Outcomes[Outcome.Slipped]
        + World.Outcomes[Outcome.AnswerNotSent] + World.Outcomes[Outcome.Stuck]
        + World.Control.Data.Lanes.Sum(lane => lane.Counters.Stuck)
        + World.Control.Remotes.Displaced;

    public override void Receives(Question[] burst)
    {
        Clear();
        var sessions = World.Control.Sessions.Items;
        var whole = sessions.Where(Stage.Standing.IsWhole).Select(session => session.Id).ToArray();
        _isForeseen = Options.Backup != BackupPolicy.RoundRobin && whole.Length > 0;
        if (!_isForeseen)
            return;
        var carrying = Claims.First(whole, Options);
        _idle.UnionWith(sessions
            .Where(session => session.State is Session.Live && !carrying.Contains(session.Id)
                && Options.Standby.GetValueOrDefault(session.Id)
                    > Options.Standby.GetValueOrDefault(carrying[0]))
            .Select(session => session.Id));
        foreach (var lane in World.Control.Data.Lanes)
            _before[lane.Id] = lane.Counters.Forwarded;
        foreach (var question in burst)
        {
            if (question.Junk is null)
                Foresee(question.From.Address, carrying);
        }
    }

    public override void Received(Question[] burst)
    {
        if (!_isForeseen || SetAside != _setAside)
            return;
        foreach (var lane in World.Control.Data.Lanes)
        {
            var forwarded = lane.Counters.Forwarded - _before[lane.Id];
            var due = _due.GetValueOrDefault(lane.Id);
            Ensure(
                forwarded >= due,
                $"{due} datagrams of others' clients are to go to {lane.Id}, {forwarded} have");
            Ensure(
                forwarded == 0 || !_idle.Contains(lane.Id) || _own.Contains(lane.Id),
                $"{lane.Id} is a standby, others carry, and it gets {forwarded}");
        }
    }

    void Clear()
    {
        _due.Clear();
        _before.Clear();
        _idle.Clear();
        _own.Clear();
        _setAside = SetAside;
    }

    void Foresee(ClientAddress client, BackendId[] carrying)
    {
        var primary = World.Control.Remotes.Find(client)?.Primary;
        if (primary is null && World.Control.Remotes.Pinned.Of(client) is { } pin)
        {
            // Whether there will be a place for it is another's question.
            _own.Add(pin.Backend);
            return;
        }
        if (primary is null && IsChosen)
        {
            var homes = Claims.Homes(World.Control.Backends.Keys, Options).ToArray();
            primary = Claims.Strongest(client, homes, Options);
            if (primary is null && homes.Length > 0)
                return;
        }
        else if (primary is null && IsAnyDealtTo())
        {
            return;
        }
        if (primary is { } own)
            _own.Add(own);
        if (SessionOf(primary) is { State: Session.Live } session
            && !Stage.Standing.IsShunned(session))
        {
            if (Stage.Standing.IsWhole(session))
                Expect(session.Id);
            return;
        }
        if (Claims.Strongest(client, carrying, Options) is { } standIn)
            Expect(standIn);
    }

    void Expect(BackendId id) => _due[id] = _due.GetValueOrDefault(id) + 1;

    // To whom newcomers go in turn, and who serves some of its own at least.
    bool IsAnyDealtTo() => World.Control.Sessions.Items.Any(session =>
        session.State is Session.Live && !Options.Standby.ContainsKey(session.Id)
        && !Stage.Standing.IsShunned(session));

    BackendSession? SessionOf(BackendId? id) =>
        id is { } known && World.Control.Sessions.Lookup(known) is { HasValue: true } found
            ? found.Value
            : null;
}
