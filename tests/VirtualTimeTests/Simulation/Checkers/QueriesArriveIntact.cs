using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// A question that was in flight when a session ended or was suspected may be read once more, if
/// it is a QUERY; a third time only where nobody else was left. Where client, port and id are
/// asked again, the journal knows one question that is owed several answers, so these are counted
/// together; an UPDATE or NOTIFY is counted for itself. The world itself objects to bytes that are
/// no frames.
/// </summary>
sealed class QueriesArriveIntact(Stage stage) : Checker(stage)
{
    sealed class Account(Question question, Account? key)
    {
        public Question Question => question;
        public Account? Key => key;
        public int Received { get; set; }
        public int Read { get; set; }
        public TimeSpan At { get; set; }
    }

    readonly Dictionary<long, Account> _accounts = [];
    readonly Dictionary<ulong, Account> _keys = [];
    readonly List<(SimulatedBackend By, Account Account)> _again = [];
    TimeSpan _endAt = -1.Seconds();
    TimeSpan _loneAt = -1.Seconds();

    protected override string Rule =>
        "A backend reads what clients have asked, byte for byte; each question once, a QUERY once "
        + "more after trouble, and not again unless nobody else is left.";

    public override void Receives(Question[] burst)
    {
        foreach (var question in burst)
        {
            if (!_accounts.TryGetValue(question.Number, out var account))
            {
                var key = Journal.KeyOf(
                    question.From.Address.Value, question.From.Port, question.Payload);
                if (!_keys.TryGetValue(key, out var all))
                    _keys[key] = all = new(question, null) { At = Stage.Now };
                _accounts[question.Number] = account = new(question, all) { At = Stage.Now };
            }
            account.Received++;
            account.Key!.Received++;
        }
    }

    public override void Reads(SimulatedBackend backend, Heard frame)
    {
        if (frame.Type != FrameType.InboundUdp || frame.Client == Probes.Asker)
            return;
        var number = Question.NumberOf(frame.Data);
        if (number == 0)
            return;
        if (!_accounts.TryGetValue(number, out var account)
            || account.Question.From != frame.Client
            || !account.Question.Payload.AsSpan().SequenceEqual(frame.Data))
        {
            Object($"{backend.Name} reads #{number} of {frame.Client}, which nobody sent so");
            return;
        }
        account.Key!.Read++;
        if (++account.Read > account.Received)
            _again.Add((backend, account));
        Ensure(account.Question.Junk is null, $"{backend.Name} reads {account.Question}");
    }

    public override void Hears(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.BackendFaulted { WasLive: true } faulted: Ends(faulted.Id); break;
            case BalancerEvent.BackendReplaced replaced: Ends(replaced.Id); break;
            case BalancerEvent.BackendSuspected: _endAt = Stage.Now; break;
            default: break;
        }
    }

    // A frame may be read before the fact that explains it is told.
    public override void Looks()
    {
        foreach (var (backend, account) in _again)
        {
            var all = account.Key!;
            Ensure(
                account.Question.IsQuery && Options.ReplayAge > TimeSpan.Zero
                    && account.At <= _endAt,
                $"{backend.Name} reads #{account.Question.Number} again, and why?");
            Ensure(
                all.Read <= 2 * all.Received || all.At <= _loneAt,
                $"{backend.Name} reads {account.Question}: {all.Read} times read with its key, "
                + $"{all.Received} sent");
        }
        _again.Clear();
    }

    void Ends(BackendId id)
    {
        _endAt = Stage.Now;
        if (!World.Control.Sessions.Items.Any(
            session => session.Id != id && session.State is Session.Live))
            _loneAt = Stage.Now;
    }
}
