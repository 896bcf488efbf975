using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// Not under the original's rules, which pass every datagram of a backend on (U7).
/// </summary>
sealed class AnswersWereAskedFor(Stage stage) : Checker(stage)
{
    readonly Dictionary<(ClientEndpoint, int Id), TimeSpan> _asked = [];
    readonly Dictionary<long, Question> _questions = [];
    readonly HashSet<(ClientEndpoint, int Id, int Mark)> _read = [];

    protected override string Rule =>
        "No answer goes to a client that did not ask, or asked another backend, or too long ago, "
        + "or differs from what was said.";

    public override void Receives(Question[] burst)
    {
        foreach (var question in burst)
        {
            if (question.Junk is not null)
                continue;
            _asked[(question.From, question.Id)] = Stage.Now;
            _questions[question.Number] = question;
        }
    }

    public override void Reads(SimulatedBackend backend, Heard frame)
    {
        if (frame.Data.Length >= Question.Least)
            _read.Add((frame.Client, Message.IdOf(frame.Data), backend.Mark));
    }

    public override void Sees(Reply reply)
    {
        if (!Options.MatchAnswers)
            return;
        if (!_asked.TryGetValue((reply.To, Message.IdOf(reply.Payload)), out var at))
        {
            Object($"{reply.To} never asked with id {Message.IdOf(reply.Payload)}");
            return;
        }
        // What has waited too long is let go once a second, later only if the loop is held up; who
        // was parked is told at the end of that.
        var late = Stage.Now - at - Options.AnswerPatience - 1.Seconds() - Options.ParkPatience
            - Stage.LongestStall;
        Ensure(late <= TimeSpan.Zero, $"{reply.To} is answered {late} after its patience");
        Ensure(
            reply is { Listener: 3, From.Value: 0x7F000001 },
            $"{reply.To} is answered from {reply.From} by listener {reply.Listener}");
        var number = Question.NumberOf(reply.Payload);
        if (number == 0)
            return;
        Ensure(
            _questions.TryGetValue(number, out var question) && question.From == reply.To
                && IsOf(reply.Payload, question.Payload),
            $"{reply.To} gets an answer that nobody gave, #{number}");
        var mark = Question.MarkOf(reply.Payload);
        Ensure(
            mark == 0 || _read.Contains((reply.To, Message.IdOf(reply.Payload), mark))
                || HasUnread(mark),
            $"{reply.To} is answered by {mark}, who was not asked");
    }

    // It may have been asked and not have read so far: a liar can answer that.
    bool HasUnread(int mark) =>
        World.Backend(mark).Link.Arrived.Count > 0
        || World.Control.Data.Lanes.Any(lane => lane.Id.Value == mark && lane.Unsent > 0);

    // Equal but for the flags and the mark.
    static bool IsOf(byte[] answer, byte[] question) =>
        answer.Length == question.Length
        && answer.AsSpan(0, 2).SequenceEqual(question.AsSpan(0, 2))
        && answer.AsSpan(12, 8).SequenceEqual(question.AsSpan(12, 8))
        && answer.AsSpan(Question.Least).SequenceEqual(question.AsSpan(Question.Least));
}
