// CLOCKWORK: timers with names.
//
// Whatever the core schedules has a name: what it is for, and whose it is. So it can be told what
// is pending, and until when; a recording can say "this one has fired", and a replay can fire the
// timer of that name (Recording/). Underneath is the scheduler that was given; order and time are
// its own.
//
// Several timers of one name may be pending at once, as two sweeps that overtake each other: they
// are told apart by their number in the order in which they were set.
//
// Periods that were missed, as by a loop that was held up, are not made up for: a burst of late
// beats helps nobody. Connections and bursts are too many for names and use the bare scheduler.

using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Balancer.Rx.Recording;

namespace Balancer.Rx.Time;

/// <summary>The core's timers. On the scheduler's thread only.</summary>
internal sealed class Clockwork(IScheduler scheduler, Seam seam)
{
    // The first of each name; the others of it follow behind.
    private readonly Dictionary<TimerName, Timer> _first = [];

    /// <summary>The time.</summary>
    public DateTimeOffset Now => scheduler.Now;

    /// <summary>All that are pending, in no order.</summary>
    public IEnumerable<PendingTimer> Pending
    {
        get
        {
            foreach (var first in _first.Values)
            {
                for (var timer = first; timer is not null; timer = timer.Next)
                    yield return new(timer.Name, timer.SetAt, timer.Due);
            }
        }
    }

    /// <summary>A scheduler all of whose timers have this name.</summary>
    public IScheduler For(TimerKind kind, BackendId owner = default) =>
        new View(this, new(kind, owner));

    /// <summary>The same, of a client.</summary>
    public IScheduler For(TimerKind kind, ClientAddress owner) =>
        new View(this, new(kind, owner));

    /// <summary>Whether any timer of this name is pending.</summary>
    public bool IsPending(TimerKind kind, BackendId owner = default) =>
        _first.ContainsKey(new(kind, owner));

    /// <summary>Whether any timer of these kinds is pending, whoever's; a walk over all names.
    /// </summary>
    public bool IsAnyPending(TimerKind[] kinds) =>
        _first.Keys.Any(name => kinds.Contains(name.Kind));

    /// <summary>Fires that one of this name, whenever it is due; false: it is not pending.
    /// </summary>
    public bool Fire(TimerName name, int number)
    {
        var timer = _first.GetValueOrDefault(name);
        for (; timer is not null && number > 0; number--)
            timer = timer.Next;
        timer?.Fire();
        return timer is not null;
    }

    private void Add(Timer timer)
    {
        if (_first.TryAdd(timer.Name, timer))
            return;
        var last = _first[timer.Name];
        while (last.Next is { } next)
            last = next;
        last.Next = timer;
    }

    private int Remove(Timer timer)
    {
        var (number, before, at) = (0, (Timer?)null, _first[timer.Name]);
        for (; at != timer; at = at.Next!)
            (number, before) = (number + 1, at);
        if (before is not null)
            before.Next = timer.Next;
        else if (timer.Next is { } next)
            _first[timer.Name] = next;
        else
            _first.Remove(timer.Name);
        timer.Next = null;
        return number;
    }

    private abstract class Timer(View view) : IDisposable
    {
        private IDisposable? _waiting;

        public TimerName Name => view.Name;

        public DateTimeOffset SetAt { get; private set; }

        public DateTimeOffset Due { get; private set; }

        public Timer? Next { get; set; }

        protected bool IsSet { get; private set; }

        protected View View => view;

        public Timer Set(DateTimeOffset due, Func<IScheduler, Timer, IDisposable> wait)
        {
            (SetAt, Due, IsSet) = (view.Now, due, true);
            view.Clockwork.Add(this);
            _waiting = wait(view.Inner, this);
            return this;
        }

        public void Fire()
        {
            IsSet = false;
            var number = view.Clockwork.Remove(this);
            view.Clockwork.Tell(Name, number);
            Run();
        }

        public virtual void Dispose()
        {
            if (IsSet)
                view.Clockwork.Remove(this);
            IsSet = false;
            _waiting?.Dispose();
        }

        protected abstract void Run();
    }

    private void Tell(TimerName name, int number)
    {
        if (name.IsTaped)
            seam.Fired(name, number);
    }

    private sealed class OneShot<TState>(
        View view, TState state, Func<IScheduler, TState, IDisposable> action) : Timer(view)
    {
        // What the action hands back is cancelled together with the action: this is how Rx chains
        // recursive work.
        private SingleAssignmentDisposableValue _next;

        public override void Dispose()
        {
            base.Dispose();
            _next.Dispose();
        }

        protected override void Run() => _next.Disposable = action(View, state);
    }

    private sealed class Periodic<TState>(
        View view, TState state, TimeSpan period, Func<TState, TState> action) : Timer(view)
    {
        private TState _state = state;

        public Timer SetFor(DateTimeOffset due) => Set(
            due, (inner, timer) => inner.Schedule(timer, due, View.Fires));

        // Set anew before the action, so that an action that throws has not stopped its timer, and
        // one that cancels itself has.
        protected override void Run()
        {
            var onTime = Due + period;
            SetFor(onTime > View.Now ? onTime : View.Now + period);
            _state = action(_state);
        }
    }

    private sealed class View(Clockwork clockwork, TimerName name)
        : LocalScheduler, ISchedulerPeriodic
    {
        public static readonly Func<IScheduler, Timer, IDisposable> Fires = static (_, timer) =>
        {
            timer.Fire();
            return Disposable.Empty;
        };

        public Clockwork Clockwork => clockwork;

        public IScheduler Inner => clockwork.Inner;

        public TimerName Name => name;

        public override DateTimeOffset Now => clockwork.Now;

        public override IDisposable Schedule<TState>(
            TState state, Func<IScheduler, TState, IDisposable> action) =>
            new OneShot<TState>(this, state, action).Set(
                Now, static (inner, timer) => inner.Schedule(timer, Fires));

        public override IDisposable Schedule<TState>(
            TState state, TimeSpan dueTime, Func<IScheduler, TState, IDisposable> action) =>
            new OneShot<TState>(this, state, action).Set(
                Now + dueTime, (inner, timer) => inner.Schedule(timer, dueTime, Fires));

        public override IDisposable Schedule<TState>(
            TState state, DateTimeOffset dueTime,
            Func<IScheduler, TState, IDisposable> action) =>
            new OneShot<TState>(this, state, action).Set(
                dueTime, (inner, timer) => inner.Schedule(timer, dueTime, Fires));

        public IDisposable SchedulePeriodic<TState>(
            TState state, TimeSpan period, Func<TState, TState> action) =>
            new Periodic<TState>(this, state, period, action).SetFor(Now + period);
    }

    private IScheduler Inner => scheduler;
}
