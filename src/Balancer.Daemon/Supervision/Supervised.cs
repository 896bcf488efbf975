using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Balancer.Daemon.Narration;
using Balancer.Rx;

namespace Balancer.Daemon.Supervision;

/// <summary>What the supervisor is told while we serve, until it is disposed.</summary>
internal sealed class Supervised : IDisposable
{
    /// <summary>A directory that cannot be read holds readiness no longer than this.</summary>
    private static readonly TimeSpan SweepPatience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LeastBetween = TimeSpan.FromSeconds(1);

    /// <summary>Clients come and go without a fact; they are counted so often.</summary>
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(10);

    private readonly Notifier _notifier;
    private readonly AsyncSubject<Unit> _serving = new();
    private readonly CompositeDisposable _told = [];

    /// <summary>Tells from <see cref="Serving"/> on.</summary>
    /// <param name="notifier">Who tells him.</param>
    /// <param name="watchdog">After how long a silence we are taken for dead; null: never.</param>
    /// <param name="workers">All loops.</param>
    /// <param name="status">How they stand.</param>
    /// <param name="clock">Whose time it is; none of the loops'.</param>
    public Supervised(
        Notifier notifier, TimeSpan? watchdog, IReadOnlyList<Worker> workers, StatusOfAll status,
        IScheduler clock)
    {
        _notifier = notifier;
        if (!notifier.IsHeard)
            return;
        var swept = workers.Select(worker => worker.Swept).ForkJoin().Select(_ => Unit.Default)
            .Merge(Observable.Timer(SweepPatience, clock).Select(_ => Unit.Default))
            .Take(1);
        _told.Add(_serving.SelectMany(_ => swept).Subscribe(_ => notifier.Ready()));
        var lines = workers.Select(worker => worker.Facts).Merge()
            .Where(fact => IsOfBackend(fact.Value))
            .Select(_ => Unit.Default)
            .Merge(Observable.Interval(CountEvery, clock).Select(_ => Unit.Default))
            .Sample(LeastBetween, clock)
            .Select(_ => status.Now())
            .Switch()
            .Select(Line)
            .DistinctUntilChanged();
        _told.Add(lines.Subscribe(notifier.Status));
        if (watchdog is not { } silence)
            return;
        var questions = workers.Select(Question).ToArray();
        _told.Add(_serving
            .SelectMany(_ => Watchdog.Feeds(questions, silence / 2, clock))
            .Subscribe(_ => notifier.Feed()));
    }

    /// <summary>All loops read what clients send.</summary>
    public void Serving()
    {
        _serving.OnNext(default);
        _serving.OnCompleted();
    }

    /// <inheritdoc cref="Notifier.Stopping"/>
    public void Stopping() => _notifier.Stopping();

    /// <inheritdoc/>
    public void Dispose()
    {
        _told.Dispose();
        _serving.Dispose();
    }

    /// <summary>The line for people.</summary>
    internal static string Line(DaemonStatus status) =>
        $"{status.BackendsLive} of {status.Backends.Count} backends live, "
        + $"{status.Remotes} clients";

    // A loop that has ended, since we stop, has nothing to answer any more.
    private static IObservable<Unit> Question(Worker worker) => Observable
        .Defer(() => worker.Ask(() => Unit.Default).ToObservable())
        .Catch((ObjectDisposedException _) => Observable.Return(Unit.Default));

    private static bool IsOfBackend(BalancerEvent fact) => fact is
        BalancerEvent.BackendFound or BalancerEvent.BackendForgotten
        or BalancerEvent.BackendEstablished or BalancerEvent.BackendFaulted
        or BalancerEvent.BackendSuspected or BalancerEvent.BackendTrusted
        or BalancerEvent.BackendAiling or BalancerEvent.BackendWell
        or BalancerEvent.BackendLeaving or BalancerEvent.BackendStays;
}
