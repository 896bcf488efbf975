using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

/// <summary>
/// The strict promise. Outcomes do not say whose datagram was lost, so it counts: at the end of a
/// session no more may be lost than there are unanswered questions with an excuse. A question is
/// excused that
/// <list type="bullet">
/// <item>is no QUERY, or has reached ReplayAge;</item>
/// <item>may have been asked of a second backend before: the one that had it, or might, has ended
/// or been suspected since;</item>
/// <item>shares client, port and id with another in flight: the journal makes one of both;</item>
/// <item>lay in a ring when one was full, so that what was kept had to give way; or was passed by
/// a later answer of its backend, and half a ring has been written since.</item>
/// </list>
/// Nothing is promised where nothing is replayed, nor where the dead's questions find no place to
/// wait and nobody else is live. Besides, none that waits is given up (NoBackend) once a backend
/// has been live for longer than the pause before a replay; stalls of the loop are allowed for.
/// Not watched: what expires with a backend that reads and does not answer.
/// </summary>
sealed class NoQueryIsLost(Stage stage) : Checker(stage)
{
    static readonly TimeSpan Slack = 40.Milliseconds();

    sealed class Asked(Question question, TimeSpan at, long written)
    {
        public Question Question => question;
        public TimeSpan At => at;
        public long Written => written;
        public int Reader { get; set; }
        public long Order { get; set; }
        public TimeSpan ReadAt { get; set; }
        public bool MayHaveMoved { get; set; }
        public bool IsShared { get; set; }
        public int Copies { get; set; } = 1;
    }

    readonly Dictionary<long, Asked> _asked = [];
    readonly Dictionary<ulong, Asked> _byKey = [];
    readonly Dictionary<int, long> _furthest = [];
    long _written;
    long _reads;
    long _lost;
    long _givenUp;
    long _stuck;
    TimeSpan _stuckAt = -1.Seconds();
    TimeSpan _endAt;
    TimeSpan? _liveSince;

    protected override string Rule =>
        "No young QUERY is lost with its backend, and none waits in vain while one is live.";

    public override void Receives(Question[] burst)
    {
        foreach (var question in burst)
        {
            if (question.Junk is not null)
                continue;
            _written += FrameBytes(question);
            if (_asked.TryGetValue(question.Number, out var same))
            {
                same.IsShared = true;
                same.Copies++;
                continue;
            }
            var asked = new Asked(question, Stage.Now, _written);
            var key = Key(question);
            if (_byKey.TryGetValue(key, out var other)
                && Stage.Now - other.At <= Options.AnswerPatience + 1.Seconds())
                asked.IsShared = other.IsShared = true;
            _byKey[key] = _asked[question.Number] = asked;
        }
    }

    public override void Received(Question[] burst) => NoteStuck();

    public override void Reads(SimulatedBackend backend, Heard frame)
    {
        if (_asked.TryGetValue(Question.NumberOf(frame.Data), out var asked))
            (asked.Reader, asked.Order, asked.ReadAt) = (backend.Mark, ++_reads, Stage.Now);
    }

    public override void Sees(Reply reply)
    {
        var number = Question.NumberOf(reply.Payload);
        if (!_asked.TryGetValue(number, out var asked))
            return;
        if (--asked.Copies == 0)
            _asked.Remove(number);
        var mark = Question.MarkOf(reply.Payload);
        if (asked.Reader == mark)
            _furthest[mark] = Math.Max(_furthest.GetValueOrDefault(mark), asked.Order);
    }

    public override void Hears(BalancerEvent fact)
    {
        switch (fact)
        {
            case BalancerEvent.BackendFaulted { WasLive: true } faulted: Ends(faulted.Id); break;
            case BalancerEvent.BackendReplaced replaced: Ends(replaced.Id); break;
            case BalancerEvent.BackendSuspected suspected: Moved(suspected.Id); break;
            case BalancerEvent.BackendEstablished: _liveSince ??= Stage.Now; break;
            default: break;
        }
    }

    public override void Looks()
    {
        NoteStuck();
        var givenUp = World.Outcomes[Outcome.NoBackend] + World.Outcomes[Outcome.NoBackendTold];
        var more = givenUp - _givenUp;
        _givenUp = givenUp;
        if (more > 0 && _liveSince is { } since)
        {
            var calm = Stage.Now - (since > _endAt ? since : _endAt);
            Ensure(
                calm <= Options.ReplayPause + Slack + Stage.LongestStall,
                $"{more} were given up, and one has been live for {calm}");
        }
        // What has expired may be in the journal for a while yet, behind what is younger.
        var old = Stage.Now - Options.AnswerPatience - 10.Seconds() - Stage.LongestStall;
        foreach (var (number, asked) in _asked)
        {
            if (asked.At < old)
                _asked.Remove(number);
        }
    }

    void Ends(BackendId id)
    {
        NoteStuck();
        var others = World.Control.Sessions.Items
            .Any(session => session.Id != id && session.State is Session.Live);
        var lost = World.Outcomes[Outcome.Lost] - _lost;
        _lost += lost;
        var mayPark = Options.ParkPatience > TimeSpan.Zero
            && World.Control.Data.Parked < Options.MaxParked;
        if (lost > 0 && Options.ReplayAge > TimeSpan.Zero && (mayPark || others))
        {
            var excused = _asked.Values.Where(IsExcused).Sum(asked => asked.Copies);
            Ensure(
                lost <= excused,
                $"{lost} are lost with {id}, and {excused} of {_asked.Count} have an excuse");
        }
        Moved(id);
        _endAt = Stage.Now;
        if (!others)
            _liveSince = null;
    }

    bool IsExcused(Asked asked) =>
        !asked.Question.IsQuery
        || Stage.Now - asked.At >= Options.ReplayAge
        || asked.MayHaveMoved
        || asked.IsShared
        || asked.At <= _stuckAt
        || asked.Order < _furthest.GetValueOrDefault(asked.Reader)
            && _written - asked.Written > Options.RingBytes / 2;

    void Moved(BackendId id)
    {
        foreach (var asked in _asked.Values)
        {
            // What is moved may be read before it is told why.
            if (asked.Reader == 0 || asked.Reader == id.Value || asked.ReadAt == Stage.Now)
                asked.MayHaveMoved = true;
        }
    }

    void NoteStuck()
    {
        var stuck = World.Control.Data.Lanes.Sum(lane => lane.Counters.Stuck);
        if (stuck != _stuck)
            _stuckAt = Stage.Now;
        _stuck = stuck;
    }

    static int FrameBytes(Question question) =>
        Balancer.Rx.Protocol.FrameSize.DatagramHeader + question.Payload.Length;

    static ulong Key(Question question) =>
        Journal.KeyOf(question.From.Address.Value, question.From.Port, question.Payload);
}
