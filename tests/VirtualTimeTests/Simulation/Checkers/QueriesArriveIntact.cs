using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>The world itself objects to bytes that are no frames.</summary>
sealed class QueriesArriveIntact(Stage stage) : Checker(stage)
{
    sealed record Account(Question Question)
    {
        public int Received { get; set; }
        public int Read { get; set; }
    }

    readonly Dictionary<long, Account> _accounts = [];

    protected override string Rule =>
        "A backend reads what clients have asked, byte for byte, and each question once.";

    public override void Receives(Question[] burst)
    {
        foreach (var question in burst)
        {
            if (!_accounts.TryGetValue(question.Number, out var account))
                _accounts[question.Number] = account = new(question);
            account.Received++;
        }
    }

    public override void Reads(SimulatedBackend backend, Heard frame)
    {
        var number = Question.NumberOf(frame.Data);
        if (frame.Type != FrameType.InboundUdp || number == 0)
            return;
        if (!_accounts.TryGetValue(number, out var account)
            || account.Question.From != frame.Client
            || !account.Question.Payload.AsSpan().SequenceEqual(frame.Data))
        {
            Object($"{backend.Name} reads #{number} of {frame.Client}, which nobody sent so");
            return;
        }
        account.Read++;
        var most = account.Received * (Promises.Replays ? 2 : 1);
        Ensure(
            account.Read <= most,
            $"{backend.Name} reads #{number}: {account.Read} times read, {account.Received} sent");
        Ensure(account.Question.Junk is null, $"{backend.Name} reads {account.Question}");
    }
}
