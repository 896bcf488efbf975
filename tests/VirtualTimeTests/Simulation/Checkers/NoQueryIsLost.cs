using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// Watches only once the core has promised it (<see cref="Promises.Replays"/>). The outcomes do not
/// say whose datagram was lost, so it is sure only while all that is unanswered is young, and one
/// session at a time ends.
/// </summary>
sealed class NoQueryIsLost(Stage stage) : Checker(stage)
{
    static readonly TimeSpan Young = 1_500.Milliseconds();

    readonly Dictionary<long, TimeSpan> _unanswered = [];
    readonly Queue<TimeSpan> _ends = new();
    long _lost;

    protected override string Rule =>
        "No query is lost while another backend carries and the query is young.";

    public override void Receives(Question[] burst)
    {
        foreach (var question in burst)
        {
            if (Promises.Replays && question.Junk is null)
                _unanswered[question.Number] = Stage.Now;
        }
    }

    public override void Sees(Reply reply) => _unanswered.Remove(Question.NumberOf(reply.Payload));

    public override void Hears(BalancerEvent fact)
    {
        if (fact is BalancerEvent.BackendFaulted { WasLive: true })
            _ends.Enqueue(Stage.Now);
    }

    public override void Looks()
    {
        var lost = World.Outcomes[Outcome.Lost] - _lost;
        _lost += lost;
        if (!Promises.Replays)
            return;
        while (_ends.TryPeek(out var end) && Stage.Now - end > Young)
            _ends.Dequeue();
        var expired = Stage.Now - Options.AnswerPatience - 1.Seconds() - Stage.LongestStall;
        foreach (var (number, at) in _unanswered)
        {
            if (at < expired)
                _unanswered.Remove(number);
        }
        var isSure = World.Control.Routes.Carrying > 0 && _ends.Count == 1
            && _unanswered.Values.All(at => Stage.Now - at < Young);
        Ensure(lost == 0 || !isSure, $"{lost} are lost, and {World.Control.Routes.Carrying} carry");
    }
}
