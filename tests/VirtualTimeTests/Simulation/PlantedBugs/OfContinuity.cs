namespace Balancer.VirtualTimeTests.Simulation.PlantedBugs;

/// <summary>Those of trust, departures, replay and parking, and of the full table.</summary>
static class OfContinuity
{
    public static readonly PlantedBug[] All =
    [
        // ---- replay

        new("a question goes round and round",
            new Edit(
                "Forwarding/Replay.cs",
                "question.Position = position;\n        question.Asked++;",
                "question.Position = position;"),
            new Edit(
                "Forwarding/Replay.cs",
                "plane.Journal.At(at);\n        question.Asked++;",
                "plane.Journal.At(at);")),
        new("an UPDATE is asked twice", new Edit(
            "Forwarding/Replay.cs",
            "message.Length >= 12 && (message[2] & 0x78) == 0;",
            "message.Length >= 12;")),
        new("nothing is asked again", new Edit(
            "Forwarding/Replay.cs",
            "if (!plane.Replays ||",
            "if (plane.Replays ||")),

        // ---- parking

        new("who is parked waits in vain", new Edit(
            "ControlPlane.cs",
            "_parts.Add(releases.Subscribe(_ => _forwarder.Release(), failed));",
            "")),
        new("the dead's questions wait for a new backend", new Edit(
            "ControlPlane.cs",
            ".Calms(options.ReplayPause, _clockwork.For(TimerKind.Calm))",
            ".Calms(options.ReplayPause, _clockwork.For(TimerKind.Calm)).Take(0)")),
        new("who was parked is sent twice", new Edit(
            "Forwarding/Forwarder.cs",
            "Forward(ref question, SlotOf(question.Client.Address), parked.Payload, now);",
            "Forward(ref question, SlotOf(question.Client.Address), parked.Payload, now);\n"
                + "Forward(ref question, SlotOf(question.Client.Address), parked.Payload, now);")),
        new("the bound on who waits is off by one", new Edit(
            "Forwarding/Parking.cs",
            "_queue.Count >= options.MaxParked",
            "_queue.Count > options.MaxParked")),
        new("an answer of ours is not counted", new Edit(
            "Forwarding/OwnReplies.cs",
            "plane.Outcomes[outcome] += tally.Sent;",
            "")),

        // ---- trust and departures

        new("suspicion is never cleared", new Edit(
            "Backends/SessionMachine.cs",
            "(Signal.Stirred, _) when s.Trust is Trust.Suspect suspect => "
                + "Stirred(s, suspect, now),",
            "(Signal.Stirred, _) => s,")),
        new("the routes ignore suspicion", new Edit(
            "Backends/Departures.cs",
            "        _ => 0,\n",
            "        Session.Live { Trust: Trust.Suspect } => BackendShare.Whole,\n"
                + "        _ => 0,\n")),
        new("hold-down never ends", new Edit(
            "Backends/Suspicion.cs",
            "now + (wait > options.HoldDown ? wait : options.HoldDown)",
            "DateTimeOffset.MaxValue")),
        new("a drain is forgotten when the session is rebuilt", new Edit(
            "Backends/Departures.cs",
            "_ when leaving is not null => 0,",
            "{ Attempt: 1 } when leaving is not null => 0,")),
        new("a drain is never taken back", new Edit(
            "Orders.cs",
            "drained.Remove(enable.Id)",
            "drained")),

        // ---- the table that is full

        new("who gave way stays", new Edit(
            "Remotes/RemoteRegistry.Admission.cs",
            "remotes.RemoveKey(oldest);",
            "")),
        new("the established give way", new Edit(
            "Remotes/RemoteRegistry.Admission.cs",
            "if (_activity.StandingOf(oldest) != RemoteStanding.OnProbation",
            "if (_activity.StandingOf(oldest) == RemoteStanding.Unknown")),

        // ---- pins

        new("who is pinned gives way", new Edit(
            "Remotes/RemoteRegistry.Admission.cs",
            "|| _pins.Has(oldest) ||",
            "||")),
        new("a pin is forgotten when its backend is gone for a while", new Edit(
            "Remotes/RemoteRegistry.cs",
            "RestorePins();",
            "")),
    ];
}
