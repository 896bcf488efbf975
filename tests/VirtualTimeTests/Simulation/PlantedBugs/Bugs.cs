namespace Balancer.VirtualTimeTests.Simulation.PlantedBugs;

/// <summary>The list: one entry is one bug.</summary>
static class Bugs
{
    public static readonly PlantedBug[] All =
    [
        .. OfContinuity.All,
        .. OfAffinity.All,

        // ---- sessions

        new("a heartbeat is never re-armed", new Edit(
            "Backends/SessionMachine.cs",
            "Heart = new Heart.Resting(now + options.HeartbeatEvery),",
            "Heart = new Heart.Resting(DateTimeOffset.MaxValue),")),
        new("the hello's deadline is not armed", new Edit(
            "Backends/SessionMachine.cs",
            "new Session.Greeting(s.Number, s.Failures, s.GiveUpAt)",
            "new Session.Greeting(s.Number, s.Failures, DateTimeOffset.MaxValue)")),
        new("the back-off does not begin anew after a live session", new Edit(
            "Backends/SessionMachine.cs",
            ": Fault(s.Number, 0, reason, detail, now, wasLive: true);",
            ": Fault(s.Number, 9, reason, detail, now, wasLive: true);")),
        new("an incomplete frame is consumed", new Edit(
            "Backends/BackendSession.cs",
            "link.Consume(reader.Position);",
            "link.Consume(link.Received.Length);")),

        // ---- rings and lanes

        new("the ring wraps one byte early", new Edit(
            "Forwarding/BackendRing.cs",
            "Math.Min(bytes.Length, _bytes.Length - at)",
            "Math.Min(bytes.Length, Math.Max(0, _bytes.Length - at - 1))")),
        new("the ring takes what it has no room for", new Edit(
            "Forwarding/BackendRing.cs",
            "if (_written - _kept + length + Reserve > _bytes.Length)",
            "if (_written - _kept + Reserve > _bytes.Length)")),
        new("what a send left over is forgotten", new Edit(
            "Forwarding/BackendLane.cs",
            "_ring.Sent(sent.Bytes);",
            "_ring.Sent(first.Length + second.Length);")),
        new("a full socket is written again", new Edit(
            "Forwarding/BackendLane.cs",
            "if (_link is null || IsBlocked || _ring.Unsent == 0)",
            "if (_link is null || _ring.Unsent == 0)")),
        new("a new link begins as blocked as the last one was", new Edit(
            "Forwarding/BackendLane.cs",
            "        _owedSince = 0;\n        IsBlocked = false;\n",
            "        _owedSince = 0;\n")),
        new("a new link begins with the last one's ring",
            new Edit(
                "Forwarding/BackendLane.cs",
                "        _link = link;\n        _ring.Reset();\n",
                "        _link = link;\n"),
            new Edit(
                "Forwarding/BackendLane.cs",
                "        _link = null;\n        _ring.Reset();\n",
                "        _link = null;\n")),

        // ---- journal and outcomes

        new("a deletion leaves a hole in the journal's index", new Edit(
            "Forwarding/Journal.cs",
            "if ((i - Home(EntryOf(_index[i]).Key) & mask) < (i - hole & mask))",
            "if ((i - Home(EntryOf(_index[i]).Key) & mask) <= (i - hole & mask))")),
        new("a session's end settles nothing", new Edit(
            "Forwarding/BackendLane.cs",
            "_plane.Replay.OfDead(this);",
            "")),
        new("what expires is not counted", new Edit(
            "Forwarding/Journal.cs",
            "_outcomes[outcome] += entry.Owed;",
            "_outcomes[outcome] += outcome == Outcome.Expired ? 0 : entry.Owed;")),
        new("an answer leaves from another address", new Edit(
            "Forwarding/BackendLane.cs",
            "new(question.Local), datagram.Data);",
            "default, datagram.Data);")),
        new("multicast passes the filter", new Edit(
            "Forwarding/DatagramFilter.cs",
            "address >> 24 < 224",
            "address >> 24 <= 224")),

        // ---- remotes and routes

        new("a forgotten remote keeps its route", new Edit(
            "Routing/Router.cs",
            "_table.Remove(remote.Address);",
            "_ = remote.Address;")),
        new("the bound on remotes is off by one", new Edit(
            "Remotes/RemoteRegistry.Admission.cs",
            "if (remotes.Count < _options.MaxRemotes)",
            "if (remotes.Count <= _options.MaxRemotes)")),
        new("a primary that carries is passed over", new Edit(
            "Routing/RouteTable.Carriers.cs",
            "if (place.Parts > 0 && s.Backup == 0",
            "if (place.Lane > 0 && s.Backup == 0")),
        new("a remote is forgotten a little too early", new Edit(
            "Routing/RouteTable.Sweep.cs",
            "slot.LastSeen < second",
            "slot.LastSeen <= second")),

        // ---- the whole

        new("a timer outlives the balancer", new Edit(
            "ControlPlane.cs",
            "_parts.Add(retirements.Subscribe(_ => Data.Retire(), failed));",
            "retirements.Subscribe(_ => Data.Retire(), failed);")),
    ];
}
