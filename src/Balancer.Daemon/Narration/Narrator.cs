// NARRATION: where facts become sentences.
//
// The core emits facts and knows no log (BalancerEvent). Here, and nowhere else, each gets its
// words: those of the original where it had some (G1 to G5), under its field names, so that what
// reads its log reads ours. Nothing flows back, and nothing here can stop the core.
//
// Levels. What happens per client is debug (W7): at info, the log grows with what happens to
// backends, and by one summary a minute in which something happened; heartbeats are trace. What
// goes wrong always says why, in the kernel's words where they are the kernel's (W17).
//
// A sentence is constant; what varies is in its fields. The fields that name a backend are made
// once, when it is found, those of a client connection when it is accepted, and let go when it is
// over. The level is looked at first: of a line that is not told no field is worked out.
//
// The original said one thing more, "backend socket closed", after each fault: it is left out. And
// it named the frame's type as a number: here it is the name from Frames.

using System.Collections.Immutable;
using System.Reactive;
using Balancer.Rx;
using Serilog;
using Serilog.Events;

namespace Balancer.Daemon.Narration;

/// <summary>Makes sentences of facts, and of what the process does.</summary>
internal sealed partial class Narrator(ILogger log)
{
    private readonly Dictionary<BackendId, ImmutableArray<LogEventProperty>> _backends = [];

    /// <summary>What is said of a fact that has no sentence; by a test, all have one.</summary>
    internal const string Speechless = "a fact without a sentence";

    private Line? Trace => Line.At(log, LogEventLevel.Verbose);

    private Line? Debug => Line.At(log, LogEventLevel.Debug);

    private Line? Info => Line.At(log, LogEventLevel.Information);

    private Line? Warn => Line.At(log, LogEventLevel.Warning);

    private Line? Error => Line.At(log, LogEventLevel.Error);

    private Line? Fatal => Line.At(log, LogEventLevel.Fatal);

    /// <summary>Tells what happens, until the subscription is disposed.</summary>
    public IDisposable Tell(IObservable<Timestamped<BalancerEvent>> facts) =>
        facts.Subscribe(fact => Tell(fact.Value), Failed);

    /// <summary>Tells one fact.</summary>
    internal void Tell(BalancerEvent fact)
    {
        if (!(OfBackends(fact) || OfTrust(fact) || OfDirectory(fact) || OfRemotes(fact)
            || OfStreams(fact)))
            Error?.With("fact", fact.GetType().Name).Say(Speechless);
    }

    private bool OfDirectory(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.DirectoryUnreadable e:
                Error?.With("socket_dir", e.Path).With("error", e.Error)
                    .Say("error reading socket directory");
                return true;
            case BalancerEvent.DirectoryReadable e:
                Info?.With("socket_dir", e.Path).Say("socket directory can be read again");
                return true;
            case BalancerEvent.EntryIgnored { Reason: IgnoredBecause.PathTooLong } e:
                Error?.With("socket_path", e.Path).Say("backend socket path is too long");
                return true;
            case BalancerEvent.EntryIgnored { Reason: IgnoredBecause.TooMany } e:
                Error?.With("socket_path", e.Path).Say("too many backends (ignored)");
                return true;
            case BalancerEvent.EntryIgnored { Reason: IgnoredBecause.NotAllowed } e:
                var owner = Users.OfSystem.NameOf(e.Owner);
                Warn?.With("socket_path", e.Path).With("owner", owner)
                    .With("allowed_by", $"--backend-user {owner}")
                    .Say("backend socket of a user who is not allowed (ignored)");
                return true;
            case BalancerEvent.EntryIgnored e:
                Warn?.With("socket_path", e.Path).Say("not a socket (ignored)");
                return true;
            default:
                return false;
        }
    }

    private bool OfBackends(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.HeartbeatSent e:
                At(LogEventLevel.Verbose, e.Id)?.Say("heartbeat sent");
                return true;
            case BalancerEvent.HeartbeatAnswered e:
                At(LogEventLevel.Verbose, e.Id)?
                    .With("round_trip_ms", e.RoundTrip)
                    .Say("received heartbeat reply");
                return true;
            case BalancerEvent.BackendFound e:
                _backends[e.Id] = [.. Named(e.Id), new("be_path", new ScalarValue(e.Path))];
                At(LogEventLevel.Information, e.Id)?.Say("new backend");
                return true;
            case BalancerEvent.BackendForgotten e:
                At(LogEventLevel.Information, e.Id)?.Say("backend forgotten");
                _backends.Remove(e.Id);
                return true;
            case BalancerEvent.BackendConnecting e:
                At(LogEventLevel.Information, e.Id)?.Say("connecting to backend");
                return true;
            case BalancerEvent.BackendConnected e:
                At(LogEventLevel.Information, e.Id)?.Say("backend socket connected");
                return true;
            case BalancerEvent.BackendEstablished e:
                At(LogEventLevel.Information, e.Id)?.Say("backend socket established");
                return true;
            case BalancerEvent.BackendSocketRemoved e:
                At(LogEventLevel.Information, e.Id)?.Say("backend socket removed");
                return true;
            case BalancerEvent.BackendSocketReturned e:
                At(LogEventLevel.Information, e.Id)?.Say("backend socket returned (connecting)");
                return true;
            case BalancerEvent.BackendFaulted e:
                OfFault(e);
                return true;
            case BalancerEvent.BackendRetry e:
                At(LogEventLevel.Debug, e.Id)?
                    .With("delay_secs", Math.Round(e.After.TotalSeconds, 3))
                    .Say("reconnect triggered for backend");
                return true;
            case BalancerEvent.NoBackends:
                Error?.Say("no backends available");
                return true;
            default:
                return false;
        }
    }

    private void OfFault(BalancerEvent.BackendFaulted e)
    {
        var (level, sentence) = WhatWentWrong(e.Reason);
        var detail = e.Reason == FaultReason.FrameBeforeHello ? "frame_type" : "error";
        At(level, e.Id)?.With("cause", Field.Of(e.Reason)).With(detail, e.Detail).Say(sentence);
        if (e.WasLive)
        {
            At(LogEventLevel.Error, e.Id)?.With("cause", Field.Of(e.Reason))
                .Say("backend faulted (reset and reconnect)");
        }
    }

    private static (LogEventLevel, string) WhatWentWrong(FaultReason reason) => reason switch
    {
        FaultReason.ConnectFailed => (LogEventLevel.Error, "failed to connect"),
        FaultReason.HelloLate => (LogEventLevel.Warning, "timed out connecting to backend"),
        FaultReason.HeartbeatLate => (LogEventLevel.Error, "no heartbeat from backend"),
        FaultReason.Closed => (LogEventLevel.Warning, "backend socket EOF"),
        FaultReason.SocketError => (LogEventLevel.Error, "backend socket error"),
        FaultReason.FrameBeforeHello => (LogEventLevel.Error, "errant frame before hello"),
        FaultReason.HelloTwice => (LogEventLevel.Error, "duplicate hello from backend"),
        FaultReason.UnexpectedHeartbeat =>
            (LogEventLevel.Error, "unexpected heartbeat response from backend"),
        FaultReason.InvalidFrame => (LogEventLevel.Error, "invalid frame type"),
        FaultReason.Oversized => (LogEventLevel.Warning, "backend sent oversized UDP packet"),
        FaultReason.NotAllowed =>
            (LogEventLevel.Error, "backend run by a user who is not allowed"),
        _ => (LogEventLevel.Error, "backend fault"),
    };

    private Line? At(LogEventLevel level, BackendId id) => log.IsEnabled(level)
        ? new(log, level, _backends.TryGetValue(id, out var named) ? named : Named(id))
        : null;

    private static ImmutableArray<LogEventProperty> Named(BackendId id) =>
        [new("be_id", new ScalarValue(id.Value))];
}
