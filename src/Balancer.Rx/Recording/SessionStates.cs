using Balancer.Rx.Backends;

namespace Balancer.Rx.Recording;

/// <summary>What a session knows as bytes, there and back.</summary>
internal static class SessionStates
{
    private const byte Waiting = 1, Absent = 2, Connecting = 3, Greeting = 4, Live = 5;
    private const byte Resting = 1, Owed = 2;
    private const byte Full = 1, HeldDown = 2, Warming = 3, Suspect = 4;

    public static void Write(TapeWriter to, SessionMemory memory)
    {
        Checkpoint.Write(to, memory.Backend);
        Write(to, memory.State);
        to.Number(memory.Machine.LotsDrawn);
        Write(to, memory.Machine.Failures);
        to.Flag(memory.File is not null);
        to.Number(memory.File ?? 0);
        to.Flag(memory.IsGone);
        to.Number(memory.Probes);
        to.Flag(memory.AwaitsProbe);
    }

    public static SessionMemory Read(TapeReader from) => new(
        Checkpoint.Backend(from), State(from),
        new(from.Int(), FailuresOf(from)),
        File(from), from.Flag(), from.Int(), from.Flag());

    public static void Write(TapeWriter to, FailuresMemory failures)
    {
        to.Each(failures.Lately, static (to, at) => to.Time(at));
        to.Number(failures.InARow);
        to.Flag(failures.Any);
    }

    public static FailuresMemory FailuresOf(TapeReader from) =>
        new(from.Each(static from => from.Time()), from.Int(), from.Flag());

    private static long? File(TapeReader from)
    {
        var isThere = from.Flag();
        var file = from.Number();
        return isThere ? file : null;
    }

    private static void Write(TapeWriter to, Session state)
    {
        switch (state)
        {
            case Session.Waiting s:
                Begin(Waiting, s.Attempts, s.Failures, s.RetryAt);
                to.Flag(s.IsBusy);
                break;
            case Session.Absent s:
                to.Byte(Absent);
                to.Number(s.Attempts);
                break;
            case Session.Connecting s:
                Begin(Connecting, s.Number, s.Failures, s.GiveUpAt);
                break;
            case Session.Greeting s:
                Begin(Greeting, s.Number, s.Failures, s.GiveUpAt);
                break;
            case Session.Live s:
                to.Byte(Live);
                to.Number(s.Number);
                to.Time(s.Since);
                to.Flag(s.Superseded);
                Write(to, s.Heart);
                Write(to, s.Trust);
                to.Span(s.RoundTrip);
                to.Flag(s.Fitness.IsAiling);
                to.Number(s.Fitness.Against);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(state));
        }

        void Begin(byte kind, int number, int failures, DateTimeOffset due)
        {
            to.Byte(kind);
            to.Number(number);
            to.Number(failures);
            to.Time(due);
        }
    }

    private static Session State(TapeReader from) => from.Byte() switch
    {
        Waiting => new Session.Waiting(from.Int(), from.Int(), from.Time(), from.Flag()),
        Absent => new Session.Absent(from.Int()),
        Connecting => new Session.Connecting(from.Int(), from.Int(), from.Time()),
        Greeting => new Session.Greeting(from.Int(), from.Int(), from.Time()),
        Live => new Session.Live(
            from.Int(), from.Time(), from.Flag(), HeartOf(from), TrustOf(from), from.Span(),
            new(from.Flag(), from.Int())),
        var other => throw new TapeException($"{other} is no state of a session"),
    };

    private static void Write(TapeWriter to, Heart heart)
    {
        var owed = heart as Heart.Owed;
        to.Byte(owed is null ? Resting : Owed);
        if (owed is not null)
            to.Time(owed.SentAt);
        to.Time(heart.Due);
    }

    private static Heart HeartOf(TapeReader from) => from.Byte() switch
    {
        Resting => new Heart.Resting(from.Time()),
        Owed => new Heart.Owed(from.Time(), from.Time()),
        var other => throw new TapeException($"{other} is no state of a heart"),
    };

    public static void Write(TapeWriter to, Trust trust)
    {
        switch (trust)
        {
            case Trust.HeldDown held:
                to.Byte(HeldDown);
                to.Time(held.Since);
                to.Time(held.Until);
                break;
            case Trust.Warming warming:
                to.Byte(Warming);
                to.Time(warming.Since);
                to.Number(warming.Parts);
                to.Time(warming.NextAt);
                break;
            case Trust.Suspect suspect:
                to.Byte(Suspect);
                to.Time(suspect.Since);
                break;
            default:
                to.Byte(Full);
                break;
        }
    }

    public static Trust TrustOf(TapeReader from) => from.Byte() switch
    {
        Full => Trust.Full.It,
        HeldDown => new Trust.HeldDown(from.Time(), from.Time()),
        Warming => new Trust.Warming(from.Time(), from.Int(), from.Time()),
        Suspect => new Trust.Suspect(from.Time()),
        var other => throw new TapeException($"{other} is no state of trust"),
    };
}
