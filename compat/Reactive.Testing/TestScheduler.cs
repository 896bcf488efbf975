using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;

namespace Microsoft.Reactive.Testing;

// TEST SCHEDULER: time that moves only when told to. One tick is one TimeSpan tick.
//
// Work due now or earlier runs one tick from now: nothing scheduled happens before the scheduling
// code is through, and what follows from a cause is seen to come after it. Work due at one tick
// runs in the order in which it was scheduled.

/// <summary>Virtual time in ticks, and streams and observers that know it.</summary>
public class TestScheduler : VirtualTimeScheduler<long, long>
{
    /// <summary>Schedules at a tick, or at the next one if that is now or past.</summary>
    public override IDisposable ScheduleAbsolute<TState>(
        TState state, long dueTime, Func<IScheduler, TState, IDisposable> action) =>
        base.ScheduleAbsolute(state, Math.Max(dueTime, Clock + 1), action);

    /// <summary>Runs all, with a source created, subscribed and disposed when said.</summary>
    public ITestableObserver<T> Start<T>(
        Func<IObservable<T>> create, long created, long subscribed, long disposed)
    {
        ArgumentNullException.ThrowIfNull(create);
        var observer = CreateObserver<T>();
        IObservable<T>? source = null;
        var subscription = new SingleAssignmentDisposable();
        At(created, () => source = create());
        At(subscribed, () => subscription.Disposable = source!.Subscribe(observer));
        At(disposed, subscription.Dispose);
        Start();
        return observer;
    }

    /// <summary>The same, created at 100 and subscribed at 200.</summary>
    public ITestableObserver<T> Start<T>(Func<IObservable<T>> create, long disposed) =>
        Start(create, ReactiveTest.Created, ReactiveTest.Subscribed, disposed);

    /// <summary>The same, created at 100, subscribed at 200 and disposed at 1000.</summary>
    public ITestableObserver<T> Start<T>(Func<IObservable<T>> create) =>
        Start(create, ReactiveTest.Disposed);

    /// <summary>A stream that says its lines at these ticks, whoever listens.</summary>
    public ITestableObservable<T> CreateHotObservable<T>(
        params Recorded<Notification<T>>[] messages) => new HotObservable<T>(this, messages);

    /// <summary>A stream that says its lines so many ticks after each subscription.</summary>
    public ITestableObservable<T> CreateColdObservable<T>(
        params Recorded<Notification<T>>[] messages) => new ColdObservable<T>(this, messages);

    /// <summary>An observer that writes down what it hears, and when.</summary>
    public ITestableObserver<T> CreateObserver<T>() => new RecordingObserver<T>(this);

    /// <summary>A tick so many later.</summary>
    protected override long Add(long absolute, long relative) => absolute + relative;

    /// <summary>Tick 0 is the first instant of year 1.</summary>
    protected override DateTimeOffset ToDateTimeOffset(long absolute) =>
        new(absolute, TimeSpan.Zero);

    /// <summary>A duration in ticks.</summary>
    protected override long ToRelative(TimeSpan timeSpan) => timeSpan.Ticks;

    internal IDisposable At(long tick, Action action) =>
        ScheduleAbsolute(action, tick, Run);

    internal IDisposable After(long ticks, Action action) =>
        ScheduleRelative(action, ticks, Run);

    static IDisposable Run(IScheduler scheduler, Action action)
    {
        action();
        return Disposable.Empty;
    }
}
