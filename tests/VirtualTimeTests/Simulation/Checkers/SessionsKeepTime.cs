using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

sealed class SessionsKeepTime(Stage stage) : Checker(stage)
{
    /// <summary>What a deadline may be late without a stall: events take turns.</summary>
    static readonly TimeSpan Turn = 1.Milliseconds();

    readonly SortedDictionary<BackendId, TimeSpan> _beats = [];
    readonly SortedDictionary<BackendId, int> _failures = [];

    protected override string Rule =>
        "No session waits longer than the options say: for a connection, a hello, a beat, its "
        + "answer, or the next attempt.";

    public override void Hears(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.BackendFound found: _failures[found.Id] = 0; break;
            case BalancerEvent.HeartbeatSent sent: _beats[sent.Id] = Stage.Now; break;
            case BalancerEvent.HeartbeatAnswered heard: _beats[heard.Id] = Stage.Now; break;
            case BalancerEvent.BackendSocketReturned back: _failures[back.Id] = 0; break;
            case BalancerEvent.BackendEstablished live:
                _beats[live.Id] = Stage.Now;
                _failures[live.Id] = 0;
                break;
            case BalancerEvent.BackendRetry retry: Waits(retry); break;
            default: break;
        }
    }

    public override void Looks()
    {
        foreach (var session in World.Control.Sessions.Items)
        {
            var state = session.State;
            if (Patience(state) is not { } patience)
                continue;
            var left = state.Due - World.Scheduler.Now;
            Ensure(left >= -Turn, $"{session.Id} was to leave {state} {-left} ago");
            Ensure(left <= patience, $"{session.Id} will leave {state} only in {left}");
            if (state is not Session.Live || !_beats.TryGetValue(session.Id, out var at))
                continue;
            Ensure(
                Stage.Now - at <= patience + Turn,
                $"{session.Id} is {state} and has not moved for {Stage.Now - at}");
        }
    }

    TimeSpan? Patience(Session state) => state switch
    {
        Session.Connecting or Session.Greeting => Options.HelloPatience,
        Session.Live { Heart: Heart.Resting } => Options.HeartbeatEvery,
        Session.Live => Options.HeartbeatPatience,
        Session.Waiting { Attempts: > 0 } => Options.BackOffCeiling,
        _ => null,
    };

    void Waits(BalancerEvent.BackendRetry retry)
    {
        var failures = ++_failures[retry.Id];
        var most = Math.Min(1 + 2 * (failures - 1), Options.BackOffCeiling.TotalSeconds);
        Ensure(
            retry.After.TotalSeconds <= most + 0.001,
            $"{retry.Id} waits {retry.After} after {failures} failures");
        Ensure(
            retry.After.TotalSeconds >= 1 - Options.BackOffJitter - 0.001,
            $"{retry.Id} waits only {retry.After}");
    }
}
