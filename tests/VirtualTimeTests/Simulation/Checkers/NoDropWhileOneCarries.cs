using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

sealed class NoDropWhileOneCarries(Stage stage) : Checker(stage)
{
    long _noBackend;
    long _stuck;
    bool _oneCarries;
    bool _allHaveRoom;

    protected override string Rule =>
        "While a backend is live, no datagram is dropped for lack of one; while rings have room, "
        + "none is stuck.";

    long NoBackend =>
        World.Outcomes[Outcome.NoBackend] + World.Outcomes[Outcome.NoBackendTold];

    public override void Receives(Question[] burst)
    {
        _noBackend = NoBackend;
        _stuck = World.Outcomes[Outcome.Stuck];
        var live = World.Control.Sessions.Items
            .Where(session => session.State is Session.Live)
            .Select(session => session.Id)
            .ToHashSet();
        _oneCarries = live.Count > 0;
        var more = burst.Sum(question => FrameSize.DatagramHeader + question.Payload.Length)
            + 4 * FrameSize.Bare;
        _allHaveRoom = World.Control.Data.Lanes
            .Where(lane => live.Contains(lane.Id))
            .All(lane => lane.Unsent + more <= Options.RingBytes
                && (Options.RerouteWhenStuck || !lane.IsBlocked));
    }

    public override void Received(Question[] burst)
    {
        var dropped = NoBackend - _noBackend;
        Ensure(dropped == 0 || !_oneCarries, $"{dropped} dropped, and one is live");
        var stuck = World.Outcomes[Outcome.Stuck] - _stuck;
        Ensure(stuck == 0 || !_allHaveRoom, $"{stuck} stuck, and all rings have room");
    }
}
