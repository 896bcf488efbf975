using System.Runtime.CompilerServices;
using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Simulation.Checkers;

// CHECKERS: what always holds, watched from outside.
//
// Each knows one rule, in one sentence, and keeps its own account of what the world was seen to do.
// None asks the core whether it is right where the world can tell. They are told of bursts before
// and after, of frames, answers and facts as they come, and look at the whole after every step.

/// <summary>Somebody who watches one rule.</summary>
abstract class Checker(Stage stage)
{
    /// <summary>All of them.</summary>
    public static Checker[] All(Stage stage) =>
    [
        new AnswersWereAskedFor(stage),
        new OneAnswerPerQuestion(stage),
        new OneOutcomeEach(stage),
        new QueriesArriveIntact(stage),
        new TheDeadOweNothing(stage),
        new NoDropWhileOneCarries(stage),
        new RemotesStick(stage),
        new EachHasItsPart(stage),
        new WhoCarriesDoes(stage),
        new TablesAgree(stage),
        new LimitsHold(stage),
        new SessionsKeepTime(stage),
        new NoQueryIsLost(stage),
        new EverythingConverges(stage),
    ];

    /// <summary>The rule, as a sentence.</summary>
    protected abstract string Rule { get; }

    protected Stage Stage => stage;

    protected World World => stage.World;

    protected BalancerOptions Options => stage.Parameters.Options;

    /// <summary>These are about to be received.</summary>
    public virtual void Receives(Question[] burst) { }

    /// <summary>These have been received.</summary>
    public virtual void Received(Question[] burst) { }

    /// <summary>A backend has read a frame.</summary>
    public virtual void Reads(SimulatedBackend backend, Heard frame) { }

    /// <summary>An answer has left.</summary>
    public virtual void Sees(Reply reply) { }

    /// <summary>The core has told a fact.</summary>
    public virtual void Hears(BalancerEvent fact) { }

    /// <summary>A step is over.</summary>
    public virtual void Looks() { }

    /// <summary>The time for convergence is over.</summary>
    public virtual void IsCalm(Traffic traffic) { }

    /// <summary>… and a moment more.</summary>
    public virtual void HasConverged() { }

    /// <summary>The balancer has been disposed.</summary>
    public virtual void IsOver() { }

    protected void Object(string how) => stage.Object(Rule, how);

    protected void Ensure(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] How how)
    {
        if (!holds)
            Object(how.Text());
    }
}
