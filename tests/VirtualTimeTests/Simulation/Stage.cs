using System.Reactive;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.VirtualTimeTests.Simulation.Checkers;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>
/// Where a run takes place: a world, its backends and clients, an agenda of what they do, and the
/// checkers, who are told of everything and look at the whole after every step.
/// </summary>
sealed class Stage
{
    static readonly TimeSpan Glance = 10.Milliseconds();

    readonly PriorityQueue<Action, (TimeSpan At, long Turn)> _agenda = new();
    readonly Checker[] _checkers;
    long _turn;
    TimeSpan _lastLook;
    TimeSpan _stalled;

    public Stage(Parameters parameters, Seed lots, int lines)
    {
        Parameters = parameters;
        World = new(parameters.Options);
        Standing = new(World);
        Story = new(lines, () => World.Now);
        Tempers = [.. Enumerable.Range(5301, parameters.Backends)
            .Select(id => new Temper(World.Backend(id), parameters, lots.Apart()))];
        Traffic = new(this, parameters, lots.Apart());
        _checkers = Checker.All(this);

        World.Sees = Sees;
        foreach (var temper in Tempers)
        {
            var backend = temper.Backend;
            backend.Hears = frame => Tell(checker => checker.Reads(backend, frame));
        }
        World.Control.Facts.Subscribe(Hears);
        Every(20.Milliseconds());
    }

    public Parameters Parameters { get; }

    public World World { get; }

    public Standing Standing { get; }

    public Story Story { get; }

    public Temper[] Tempers { get; }

    public Traffic Traffic { get; }

    public TimeSpan Now => World.Now;

    /// <summary>The longest time that the loop was held up so far; stalls may follow each other at
    /// once.</summary>
    public TimeSpan LongestStall { get; private set; }

    /// <summary>The first rule that was broken, and how.</summary>
    public string? Objection { get; private set; }

    /// <summary>
    /// All backends carry and are trusted, none owes a heartbeat from before, and nothing is in
    /// flight.
    /// </summary>
    public bool IsCalm => World.Control.Data.InFlight == 0
        && Tempers.All(temper =>
            World.Session(temper.Backend.Mark) is Session.Live
            {
                Heart: Heart.Resting, Trust: Trust.Full, Fitness.IsAiling: false,
            });

    public void At(TimeSpan at, Action action) => _agenda.Enqueue(action, (at, _turn++));

    public void Object(string rule, string how)
    {
        Objection ??= $"{rule}\n  {how}";
        Story.Tell("checker", $"OBJECTS: {how}");
    }

    /// <summary>The loop does nothing for so long; what was due meanwhile is late.</summary>
    public void Stalls(TimeSpan span)
    {
        _stalled += span;
        if (_stalled > LongestStall)
            LongestStall = _stalled;
        World.Scheduler.Sleep(span.Ticks);
    }

    /// <summary>Runs until then, or until somebody objects.</summary>
    public void Until(TimeSpan end)
    {
        while (Objection is null && _agenda.TryPeek(out _, out var due) && due.At <= end)
        {
            Advance(due.At);
            while (_agenda.TryPeek(out var action, out due) && due.At <= Now)
            {
                _agenda.Dequeue();
                action();
            }
            Traffic.Deliver();
            if (_stalled > TimeSpan.Zero)
                World.Settle();
            _stalled = TimeSpan.Zero;
            Look();
        }
        if (Objection is null)
            Advance(end);
    }

    /// <summary>The balancer receives these.</summary>
    public void Receives(Question[] burst, bool moreFollow)
    {
        Tell(checker => checker.Receives(burst));
        World.MoreFollow = moreFollow;
        World.Receives([.. burst.Select(question => (question.From, question.Payload))]);
        Tell(checker => checker.Received(burst));
    }

    /// <summary>An operator says this.</summary>
    public void Commands(BackendCommand command)
    {
        Story.Tell("operator", command);
        Standing.Heeds(command);
        World.Commands(command);
    }

    /// <summary>The checkers hear of this.</summary>
    public void Tell(Action<Checker> what)
    {
        foreach (var checker in _checkers)
            what(checker);
    }

    // Bursts are looked at one by one; the whole, which is larger, not more often than time passes.
    void Look()
    {
        if (Now - _lastLook < Glance)
            return;
        _lastLook = Now;
        Tell(checker => checker.Looks());
    }

    void Advance(TimeSpan to)
    {
        if (to > Now)
            World.Run(to - Now);
    }

    void Every(TimeSpan span) => At(Now + span, () => Every(span));

    void Sees(Reply reply)
    {
        Story.Tell("balancer", new Answer(reply));
        Tell(checker => checker.Sees(reply));
    }

    void Hears(Timestamped<BalancerEvent> fact)
    {
        // Beats come four times a second from each backend: the story would be made of them.
        if (fact.Value is not (BalancerEvent.HeartbeatSent or BalancerEvent.HeartbeatAnswered))
            Story.Tell("fact", fact.Value);
        Standing.Hears(fact.Value);
        Tell(checker => checker.Hears(fact.Value));
    }

    sealed record Answer(Reply Reply)
    {
        public override string ToString() =>
            $"answers {Reply.To}, #{Question.NumberOf(Reply.Payload)}";
    }
}
