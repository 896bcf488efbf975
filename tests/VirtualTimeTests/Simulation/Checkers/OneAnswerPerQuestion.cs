using System.Runtime.InteropServices;
using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// By client, port and id, which is all that the wire tells: a question asked again under the same
/// id is one more. What the balancer says itself (SERVFAIL, REFUSED, TC) is an answer, and what a
/// suspect says after another has answered is one too many.
/// </summary>
sealed class OneAnswerPerQuestion(Stage stage) : Checker(stage)
{
    readonly Dictionary<(ClientEndpoint, int Id), int> _owed = [];

    protected override string Rule => "At most one answer leaves for every question asked.";

    public override void Receives(Question[] burst)
    {
        foreach (var question in burst)
        {
            if (question.Junk is null)
                Owed(question.From, question.Id)++;
        }
    }

    public override void Sees(Reply reply)
    {
        if (!Options.MatchAnswers)
            return;
        var id = Message.IdOf(reply.Payload);
        Ensure(
            --Owed(reply.To, id) >= 0, $"{reply.To} has more answers with id {id} than questions");
    }

    ref int Owed(ClientEndpoint client, int id) =>
        ref CollectionsMarshal.GetValueRefOrAddDefault(_owed, (client, id), out _);
}
