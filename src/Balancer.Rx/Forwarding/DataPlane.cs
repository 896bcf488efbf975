// FORWARDING: datagrams to backends, answers to clients.
//
// A burst of datagrams is looked up in the route table, framed into the rings of its backends, and
// each ring is sent by one write. A read from a backend is matched, answer by answer, with the
// journal, and leaves by one sendmmsg. Spans and structs only: nothing is allocated per datagram,
// nothing waits, nothing throws. What a datagram became is counted, once (Outcome).
//
// Not promised: that datagrams of different clients keep their order; that an answer arrives.

using Balancer.Rx.Backends;
using Balancer.Rx.Protocol;
using Balancer.Rx.Routing;

namespace Balancer.Rx.Forwarding;

/// <summary>What the two directions share: lanes, journal, replies and counts.</summary>
public sealed class DataPlane
{
    private readonly List<BackendLane?> _lanes = [];

    /// <summary>A data plane without lanes.</summary>
    public DataPlane(IReplies replies, RouteTable routes, BalancerOptions options, ITicks clock)
    {
        Options = options;
        Clock = clock;
        Replies = replies;
        Routes = routes;
        Journal = new(options, Outcomes);
        Parking = new(options);
        Replay = new(this);
        Replays = options.ReplayAge > TimeSpan.Zero;
    }

    /// <summary>What became of the datagrams so far.</summary>
    public Outcomes Outcomes { get; } = new();

    /// <summary>
    /// Who is told what becomes of each datagram; null: nobody, and none of it is made. To be set
    /// on the loop.
    /// </summary>
    public IDatagramWatcher? Watcher
    {
        get => Outcomes.Watch?.Watcher;
        set
        {
            Outcomes.Watch?.EndOfBurst();
            Outcomes.Watch = value is null ? null : new(this, value);
        }
    }

    /// <summary>What backends owe.</summary>
    public Journal Journal { get; }

    /// <summary>How many answers clients wait for: owed by backends, or parked.</summary>
    public int InFlight => Journal.InFlight + Parking.Owed;

    /// <summary>How many questions wait for a backend now.</summary>
    public int Parked => Parking.Count;

    internal Parking Parking { get; }

    internal Replay Replay { get; }

    internal RouteTable Routes { get; }

    /// <summary>Whether what a backend owes may be asked of another.</summary>
    internal bool Replays { get; private set; }

    internal BalancerOptions Options { get; }

    internal ITicks Clock { get; }

    internal IReplies Replies { get; }

    /// <summary>The lanes that are open.</summary>
    public IEnumerable<BackendLane> Lanes => _lanes.OfType<BackendLane>();

    /// <summary>A lane for this backend, until it is disposed.</summary>
    public BackendLane Open(BackendId id)
    {
        var free = _lanes.IndexOf(null);
        if (free < 0)
        {
            free = _lanes.Count;
            _lanes.Add(null);
        }
        var lane = new BackendLane(this, id, free);
        _lanes[free] = lane;
        return lane;
    }

    internal BackendLane Lane(int index) => _lanes[index]!;

    internal void Close(BackendLane lane) => _lanes[lane.Index] = null;

    /// <summary>
    /// An answer that nobody waits for: counted, and passed on only in compat (U7).
    /// </summary>
    internal void Stray(in Frame datagram, BackendId by)
    {
        Outcomes.Strays++;
        Outcomes.Watch?.Stray(new(datagram.Address, (ushort)datagram.Port), by);
        if (Options.MatchAnswers)
            return;
        // Sent apart, so that it is not counted as somebody's answer.
        SendReplies();
        Replies.Add(0, new(datagram.Address, (ushort)datagram.Port), default, datagram.Data);
        Replies.Flush();
    }

    internal void SendReplies()
    {
        var tally = Replies.Flush();
        Outcomes[Outcome.Answered] += tally.Sent;
        NotSent(tally.Failed);
    }

    internal void NotSent(int answers)
    {
        Outcomes[Outcome.AnswerNotSent] += answers;
        if (answers > 0)
            Outcomes.Watch?.NotSent(answers);
    }

    /// <summary>Lets go of what has waited too long.</summary>
    public void Retire()
    {
        Journal.Retire(Clock.UtcTicks);
        Outcomes.Watch?.EndOfBurst();
    }

    /// <summary>Nothing is asked again from now on, and nobody waits: all is about to end.
    /// </summary>
    public void GiveUp()
    {
        Replays = false;
        while (Parking.TryTake(out var parked))
        {
            Outcomes[Outcome.Lost] += parked.Question.Owed;
            Outcomes.Watch?.Ended(
                parked.Question, Outcome.Lost, default, parked.Question.Owed);
        }
        Outcomes.Watch?.EndOfBurst();
    }
}
