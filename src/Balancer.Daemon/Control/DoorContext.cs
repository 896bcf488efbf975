using System.Reactive.Concurrency;
using System.Reactive.Threading.Tasks;
using Balancer.Daemon.Handover;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Control;

/// <summary>What the endpoints are given: the loops to ask, and what is known without asking.
/// </summary>
internal sealed class DoorContext(IReadOnlyList<Worker> workers, StatusOfAll status) : IDisposable
{
    private volatile bool _isStopping;

    /// <summary>The loops, in their order.</summary>
    public IReadOnlyList<Worker> Workers => workers;

    /// <summary>How they stand.</summary>
    public StatusOfAll Status => status;

    /// <summary>What they remember, by loop.</summary>
    public IReadOnlyList<History> Histories { get; } =
        [.. workers.Select(worker => new History(worker.Facts))];

    /// <summary>Takes the order to be replaced; null: this one cannot be.</summary>
    public Upgrade? Upgrade { get; init; }

    /// <summary>When the daemon began to serve.</summary>
    public DateTimeOffset Since { get; } = workers[0].Scheduler.Now;

    /// <summary>For how long it has been serving.</summary>
    public TimeSpan Uptime => workers[0].Scheduler.Now - Since;

    /// <summary>It was told to stop, and finishes what is in flight.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>It was told to stop.</summary>
    public void Stop() => _isStopping = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var history in Histories)
            history.Dispose();
    }

    /// <summary>How each loop stands, when all have told it; to be put into words on a thread that
    /// is none of theirs.</summary>
    public Task<IList<DaemonStatus>> Standing(CancellationToken cancellation = default) =>
        status.Each().ToTask(cancellation, TaskPoolScheduler.Default);

    /// <summary>Asks every loop the same, all at once; the answers in their order.</summary>
    public Task<T[]> AskAll<T>(Func<Worker, T> question, CancellationToken cancellation) =>
        Task.WhenAll(workers.Select(worker => worker.Ask(() => question(worker), cancellation)));
}
