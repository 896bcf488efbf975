using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

sealed class EverythingConverges(Stage stage) : Checker(stage)
{
    readonly Dictionary<long, Question> _asked = [];

    protected override string Rule =>
        "When the faults have stopped, all backends are live and trusted within the stated time, "
        + "nothing is in flight or parked, and every question is answered.";

    public override void IsCalm(Traffic traffic)
    {
        foreach (var temper in Stage.Tempers)
        {
            var state = World.Session(temper.Backend.Mark);
            Ensure(
                state is Session.Live { Trust: Trust.Full, Fitness.IsAiling: false },
                $"{temper.Backend.Name} is {state?.ToString() ?? "unknown"}");
        }
        var inFlight = World.Control.Data.InFlight;
        Ensure(inFlight == 0, $"{inFlight} are still in flight");
        foreach (var question in traffic.AllAsk())
            _asked[question.Number] = question;
    }

    public override void Sees(Reply reply) => _asked.Remove(Question.NumberOf(reply.Payload));

    public override void HasConverged()
    {
        foreach (var question in _asked.Values)
            Object($"{question}, and nobody answers");
    }
}
