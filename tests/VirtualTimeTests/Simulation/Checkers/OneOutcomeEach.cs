using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

sealed class OneOutcomeEach(Stage stage) : Checker(stage)
{
    static readonly Outcome[] Filtered =
        [Outcome.Oversized, Outcome.Runt, Outcome.NotAQuestion, Outcome.Unanswerable];

    readonly Dictionary<Outcome, long> _junk = Filtered.ToDictionary(outcome => outcome, _ => 0L);
    long _received;
    long _answers;

    protected override string Rule =>
        "Each datagram has exactly one outcome, and the sums agree with what was seen.";

    public override void Receives(Question[] burst)
    {
        _received += burst.Length;
        foreach (var question in burst)
        {
            if (question.Junk is { } junk)
                _junk[junk]++;
        }
    }

    public override void Sees(Reply reply) => _answers++;

    public override void Received(Question[] burst) => Looks();

    public override void Looks()
    {
        var outcomes = World.Outcomes;
        var inFlight = World.Control.Data.InFlight;
        Ensure(
            outcomes.Received == _received,
            $"{_received} datagrams were sent, {outcomes.Received} counted");
        Ensure(
            _received == inFlight + outcomes.Settled,
            $"{_received} received, {inFlight} in flight, {outcomes.Settled} settled");
        foreach (var (outcome, count) in _junk)
            Ensure(outcomes[outcome] == count, $"{count} {outcome}, {outcomes[outcome]} counted");
        var left = outcomes[Outcome.Answered] + outcomes[Outcome.NoBackendTold]
            + outcomes[Outcome.Slipped];
        Ensure(
            !Options.MatchAnswers || left == _answers,
            $"{_answers} answers left, {left} counted");
    }
}
