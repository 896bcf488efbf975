// THE SESSION: the transition table of one backend's life, without clock, socket or stream.
//
//   Waiting ──due / new socket──► Connecting ──connected──► Greeting ──SERVER_HELLO──► Live
//      ▲                              │ ENOENT: Absent ──listed──► Connecting            │
//      └──────────── any fault: link aborted, back-off (B7, M9) ◄───────────────────────┘
//
// A new socket file starts the back-off anew, in whichever state it is seen (M9): bind() makes the
// file before listen() makes it answer, so the first connect to it may be refused.
//
// Live beats: Resting ──due──► Owed ──SERVER_HEARTBEAT──► Resting (M6, M7, F14). How far it is
// trusted with its remotes is told apart from that (Suspicion.cs):
//
//   HeldDown ──due──► Warming ──due──► … ──► Full ──silent──► Suspect ──stirred──► HeldDown
//
// Signals of an earlier attempt, and a due time that is no longer waited for, change nothing.

using Balancer.Rx.Directory;
using Balancer.Rx.Protocol;

namespace Balancer.Rx.Backends;

/// <summary>A state and the facts that led to it.</summary>
internal readonly record struct Step(
    Session Session, BalancerEvent? Fact, BalancerEvent? And = null)
{
    public static implicit operator Step(Session session) => new(session, null);
}

/// <summary>Decides; <see cref="BackendSession"/> acts.</summary>
internal sealed class SessionMachine(
    Backend backend, BalancerOptions options, MachineMemory? memory = null)
{
    private readonly Failures _failures = new(options, memory?.Failures);
    private int _lotsDrawn = memory?.LotsDrawn ?? 0;

    /// <summary>Enough to go on from here, together with the state.</summary>
    public MachineMemory Memory => new(_lotsDrawn, _failures.Memory);

    /// <summary>By these from now on.</summary>
    public void Settle(BalancerOptions now)
    {
        options = now;
        _failures.Settle(now);
    }

    /// <summary>It has failed so before, as another knows.</summary>
    public void Inherit(FailuresMemory failures) => _failures.Inherit(failures);

    /// <summary>The state before the first signal.</summary>
    public static Session Start { get; } =
        new Session.Waiting(0, 0, DateTimeOffset.MaxValue);

    /// <summary>The state after this signal, at this time.</summary>
    public Step Next(Session session, Signal signal, DateTimeOffset now) => (session, signal) switch
    {
        (_, Signal.Due due) when due.At != session.Due => session,
        (_, Signal.Link link) when link.Attempt != session.Attempt => session,
        (_, Signal.Heard heard) when heard.Attempt != session.Attempt => session,
        (_, Signal.Garbled garbled) when garbled.Attempt != session.Attempt => session,
        (_, Signal.Silent silent) when silent.Attempt != session.Attempt => session,
        (_, Signal.Stirred stirred) when stirred.Attempt != session.Attempt => session,
        (_, Signal.Probed probed) when probed.Attempt != session.Attempt => session,
        (_, Signal.Replaced replaced) when replaced.Attempt != session.Attempt => session,
        (Session.Waiting s, _) => OnWaiting(s, signal, now),
        (Session.Absent s, Signal.Listed) => new(
            Connect(s.Attempts, 0, now).Session,
            new BalancerEvent.BackendSocketReturned(backend.Id, backend.Path), Connecting()),
        (Session.Absent s, _) => s,
        (Session.Connecting s, _) => OnConnecting(s, signal, now),
        (Session.Greeting s, _) => OnGreeting(s, signal, now),
        (Session.Live s, _) => OnLive(s, signal, now),
        _ => throw new ArgumentOutOfRangeException(nameof(session)),
    };

    private Step OnWaiting(Session.Waiting s, Signal signal, DateTimeOffset now) => signal switch
    {
        Signal.Begin => Connect(s.Attempts, 0, now),
        Signal.Due when s.IsBusy => Connect(s.Attempts, s.Failures, now).Session,
        Signal.Due => Connect(s.Attempts, s.Failures, now),
        Signal.Listed { Recreated: true } when options.ReconnectOnRecreate => new(
            Connect(s.Attempts, 0, now).Session,
            new BalancerEvent.BackendSocketReturned(backend.Id, backend.Path), Connecting()),
        _ => s,
    };

    private Step OnConnecting(Session.Connecting s, Signal signal, DateTimeOffset now) =>
        signal switch
        {
            Signal.Due => Fault(s.Number, s.Failures, FaultReason.HelloLate, "", now),
            Signal.Link { Kind: LinkEventKind.Connected } => new(
                new Session.Greeting(s.Number, s.Failures, s.GiveUpAt),
                new BalancerEvent.BackendConnected(backend.Id, backend.Path)),
            Signal.Link { Kind: LinkEventKind.NotThere } => new(
                new Session.Absent(s.Number),
                new BalancerEvent.BackendSocketRemoved(backend.Id, backend.Path)),
            Signal.Link { Kind: LinkEventKind.Busy } =>
                new Session.Waiting(
                    s.Number, s.Failures, now + options.BusyRetry, IsBusy: true),
            Signal.Link { Kind: LinkEventKind.NotAllowed } link => Fault(
                s.Number, s.Failures, FaultReason.NotAllowed, link.Error, now),
            Signal.Link link => Fault(
                s.Number, s.Failures, FaultReason.ConnectFailed, link.Error, now),
            Signal.Listed { Recreated: true } when options.ReconnectOnRecreate =>
                s with { Failures = 0 },
            _ => s,
        };

    private Step OnGreeting(Session.Greeting s, Signal signal, DateTimeOffset now) =>
        signal switch
        {
            Signal.Heard { Type: FrameType.ServerHello } => new(
                new Session.Live(
                    s.Number, now, Superseded: false,
                    new Heart.Resting(now + options.HeartbeatEvery), _failures.TrustOf(now),
                    RoundTrip: TimeSpan.Zero, Fitness.AtFirst(options.Probe)),
                new BalancerEvent.BackendEstablished(backend.Id, backend.Path)),
            Signal.Heard heard => Fault(
                s.Number, s.Failures, FaultReason.FrameBeforeHello, $"{heard.Type}", now),
            Signal.Garbled garbled => Fault(
                s.Number, s.Failures, ReasonOf(garbled), "before hello", now),
            Signal.Due => Fault(s.Number, s.Failures, FaultReason.HelloLate, "", now),
            Signal.Link link => Fault(s.Number, s.Failures, ReasonOf(link), link.Error, now),
            Signal.Listed { Recreated: true } when options.ReconnectOnRecreate =>
                s with { Failures = 0 },
            _ => s,
        };

    private Step OnLive(Session.Live s, Signal signal, DateTimeOffset now) => (signal, s.Heart)
    switch
    {
        (Signal.Due, Heart.Owed owed) when owed.Due <= now => Ended(
            s, FaultReason.HeartbeatLate,
            $"none for {(now - owed.SentAt).TotalSeconds:0.##} s", now),
        (Signal.Due, _) => OnDue(s, now),
        (Signal.Listed { Recreated: true }, _) => s with { Superseded = true },
        (Signal.Silent silent, _) when s.Trust is not Trust.Suspect => new(
            s with { Trust = new Trust.Suspect(now) },
            new BalancerEvent.BackendSuspected(backend.Id, backend.Path, silent.For)),
        (Signal.Stirred, _) when s.Trust is Trust.Suspect suspect => Stirred(s, suspect, now),
        (Signal.Probed probed, _) => Probed(s, probed.Rcode, now),
        (Signal.Unasked, _) => Unasked(s),
        (Signal.Replaced, _) => new(
            new Session.Waiting(s.Number, 0, now),
            new BalancerEvent.BackendReplaced(backend.Id, backend.Path)),
        (Signal.Inherited it, _) => s with { Trust = it.Trust, Fitness = it.Fitness },
        (Signal.Heard { Type: FrameType.ServerHeartbeat }, Heart.Owed owed) => new(
            s with
            {
                Heart = new Heart.Resting(now + options.HeartbeatEvery),
                RoundTrip = Suspicion.Smoothed(s.RoundTrip, now - owed.SentAt),
            },
            new BalancerEvent.HeartbeatAnswered(backend.Id, now - owed.SentAt)),
        (Signal.Heard heard, _) => Ended(s, ReasonOf(heard), $"{heard.Type}", now),
        (Signal.Garbled garbled, _) => Ended(s, ReasonOf(garbled), "", now),
        (Signal.Link link, _) => Ended(s, ReasonOf(link), link.Error, now),
        _ => s,
    };

    // A beat, a step of trust, or both.
    private Step OnDue(Session.Live s, DateTimeOffset now)
    {
        var beats = s.Heart is Heart.Resting && s.Heart.Due <= now;
        var steps = s.Trust.Due <= now;
        var next = s with
        {
            Heart = beats ? new Heart.Owed(now, now + options.HeartbeatPatience) : s.Heart,
            Trust = steps ? SlowStart.After(s.Trust, now, options) : s.Trust,
        };
        return new(
            next,
            beats ? new BalancerEvent.HeartbeatSent(backend.Id) : null,
            next.Trust is Trust.Full && steps ? Trusted(s, now) : null);
    }

    private Step Stirred(Session.Live s, Trust.Suspect suspect, DateTimeOffset now)
    {
        _failures.Note(now);
        var next = s with { Trust = _failures.TrustOf(now) };
        return new(
            next,
            new BalancerEvent.BackendStirred(backend.Id, backend.Path, now - suspect.Since),
            next.Trust is Trust.Full ? Trusted(s, now) : null);
    }

    private Step Probed(Session.Live s, int? rcode, DateTimeOffset now)
    {
        var next = s with { Fitness = s.Fitness.After(rcode == options.Probe!.Rcode) };
        if (next.Fitness.IsAiling == s.Fitness.IsAiling)
            return next;
        if (next.Fitness.IsAiling)
            return new(next, new BalancerEvent.BackendAiling(
                backend.Id, backend.Path, $"{options.Probe}", rcode));
        _failures.Note(now);
        return new(
            next.Trust is Trust.Suspect ? next : next with { Trust = _failures.TrustOf(now) },
            new BalancerEvent.BackendWell(backend.Id, backend.Path));
    }

    // Nobody asks any more: what it answered to the last question means nothing.
    private Step Unasked(Session.Live s) => new(
        s with { Fitness = default },
        s.Fitness.IsAiling ? new BalancerEvent.BackendWell(backend.Id, backend.Path) : null);

    private BalancerEvent.BackendTrusted Trusted(Session.Live s, DateTimeOffset now) =>
        new(backend.Id, backend.Path, now - SlowStart.SinceOf(s.Trust, now));

    // The end of a session that carried. If its socket file is a new one by now, the process that
    // replaces it is waiting already: no back-off.
    private Step Ended(Session.Live s, FaultReason reason, string detail, DateTimeOffset now)
    {
        _failures.Note(now);
        return s.Superseded && options.ReconnectOnRecreate
            ? new(
                new Session.Waiting(s.Number, 0, now),
                new BalancerEvent.BackendFaulted(
                    backend.Id, backend.Path, reason, detail, WasLive: true))
            : Fault(s.Number, 0, reason, detail, now, wasLive: true);
    }

    private static FaultReason ReasonOf(Signal.Link link) =>
        link.Kind == LinkEventKind.Closed ? FaultReason.Closed : FaultReason.SocketError;

    private static FaultReason ReasonOf(Signal.Garbled garbled) =>
        garbled.What == FrameRead.Oversized ? FaultReason.Oversized : FaultReason.InvalidFrame;

    private static FaultReason ReasonOf(Signal.Heard heard) => heard.Type switch
    {
        FrameType.ServerHello => FaultReason.HelloTwice,
        FrameType.ServerHeartbeat => FaultReason.UnexpectedHeartbeat,
        _ => FaultReason.InvalidFrame,
    };

    private Step Connect(int attempts, int failures, DateTimeOffset now) => new(
        new Session.Connecting(attempts + 1, failures, now + options.HelloPatience), Connecting());

    private BalancerEvent.BackendConnecting Connecting() => new(backend.Id, backend.Path);

    private Step Fault(
        int attempts, int failures, FaultReason reason, string detail, DateTimeOffset now,
        bool wasLive = false)
    {
        var wait = BackOff.After(failures + 1, NextLot(), options);
        return new(
            new Session.Waiting(attempts, failures + 1, now + wait),
            new BalancerEvent.BackendFaulted(backend.Id, backend.Path, reason, detail, wasLive),
            new BalancerEvent.BackendRetry(backend.Id, backend.Path, wait));
    }

    // A lot is a matter of the seed and of how many were drawn before: whoever knows these goes on
    // with the same ones.
    private double NextLot()
    {
        var seed = (ulong)(uint)options.Seed << 32 | (uint)backend.Id.Value;
        return Mixing.Lot(seed, (ulong)_lotsDrawn++);
    }
}
