// HOOKS: what is done elsewhere when something has happened here.
//
//   facts of each loop ─► Standing ─► events ─┬► waiting ─► allowance ─► call ─► result
//    (copied)              (up, down …)       └► … a line per hook         │
//                                                        log, counts ◄─────┘
//
// On up, down, drained, ready and not ready a program is run, or an address is sent a POST. The
// loops only hand facts over: everything else is on a thread of its own, which itself waits for
// nothing. A program is waited for on one more, a call on the runtime's.
//
// Policy. One call of a hook at a time, in the order of events: nobody hears of a fall after the
// rise that followed it. Ten calls in a row, then one in each interval; what happens meanwhile to
// the same backend is told once, the newest, with how much it replaces. A call has a deadline, at
// which a program is killed with all that it has started in its process group. Once the settings
// change, the old hooks finish what they have, and the new ones hear what happens from then on.
// At the end what waits is waited for, five seconds at most.
//
// A program gets its arguments as they are written (no shell), our environment without what the
// supervisor has put there for us, and BALANCER_EVENT and the others of ProgramHook. What it says
// on stdout is thrown away, as our log is there; stderr it shares with us.
//
// Not promised: that a call is made at all, if it is killed, we are, or the host is down; that
// what a call says is still so when it is made. Who needs the truth asks /readyz and /status.

using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Hooks;

/// <summary>The hooks of a daemon, from construction until they are finished.</summary>
internal sealed class HookRunner : IDisposable
{
    private static readonly TimeSpan LastCalls = TimeSpan.FromSeconds(5);

    private readonly EventLoopScheduler _thread =
        new(start => new(start) { Name = "hooks", IsBackground = true });

    private readonly Subject<DateTimeOffset> _stops = new();
    private readonly AsyncSubject<bool> _ends = new();
    private readonly CompositeDisposable _running = [];
    private readonly Task _finished;

    /// <summary>Hears what happens from now on.</summary>
    /// <param name="workers">The loops, which do not run yet.</param>
    /// <param name="inForce">The hooks that hold: at once, then whenever others do.</param>
    /// <param name="counts">To be kept.</param>
    /// <param name="narrator">Told of what is done, and what could not be.</param>
    public HookRunner(
        IReadOnlyList<Worker> workers, IObservable<IReadOnlyList<HookOptions>> inForce,
        HookCounts counts, Narrator narrator)
    {
        var standing = new Standing(workers.Count);
        var facts = workers.Select((worker, loop) => worker.Facts
            .Where(fact => Standing.IsOfInterest(fact.Value))
            .ObserveOn(_thread)
            .SelectMany(fact => standing.Note(loop, fact)));
        var events = facts
            .Append(_stops.ObserveOn(_thread).SelectMany(standing.Stop))
            .Merge()
            .TakeUntil(_ends.ObserveOn(_thread))
            .Publish();
        var results = events
            .CallsOfAll(inForce.ObserveOn(_thread), HookActions.Of, Suppressed, _thread)
            .Do(Note)
            .Catch((Exception e) =>
            {
                narrator.Failed(e);
                return Observable.Empty<HookResult>();
            })
            .Publish();
        _finished = results.LastOrDefaultAsync().ToTask();
        _running.Add(results.Connect());
        _running.Add(events.Connect());

        void Suppressed(HookEvent e) => counts.Count(e.Kind, HookOutcome.Suppressed);

        void Note(HookResult result)
        {
            counts.Count(result.Call.Event.Kind, result.Outcome);
            narrator.Hooked(result);
        }
    }

    /// <summary>A stop has begun: not ready any more.</summary>
    public void Stop() => _stops.OnNext(_thread.Now);

    /// <summary>Nothing more will happen: waits for what is still to be told, as long as that is
    /// bearable. False if something was cut short.</summary>
    public bool Finish()
    {
        _ends.OnNext(true);
        _ends.OnCompleted();
        return _finished.Wait(LastCalls);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _running.Dispose();
        _stops.Dispose();
        _ends.Dispose();
        _thread.Dispose();
    }
}
