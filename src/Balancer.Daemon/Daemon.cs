// THE DAEMON: one worker per loop, each on a thread of its own, the first on the thread that calls
// Run. The kernel deals the clients out among them (LoopShare); all that is put together again is
// what is told: the status, the stop, the end.

using System.Reactive.Linq;
using Balancer.Daemon.Sockets;
using Balancer.Rx.Handover;

namespace Balancer.Daemon;

/// <summary>All workers of the process.</summary>
sealed class Daemon : IDisposable
{
    readonly List<Worker> _workers = [];

    /// <summary>Binds and composes; throws <see cref="BindException"/> or
    /// <see cref="GivenSocketsException"/>.</summary>
    /// <param name="options">What the command line asked for.</param>
    /// <param name="failed">Told of what should not happen; the daemon goes on.</param>
    /// <param name="prospects">With what each loop begins, if another process' place is to be
    /// taken.</param>
    public Daemon(
        DaemonOptions options, Action<Exception> failed,
        IReadOnlyList<Estate>? prospects = null)
    {
        try
        {
            for (var i = 0; i < options.Loops; i++)
            {
                var share = new LoopShare(i, options.Loops, options.Given?.PerListener ?? 0);
                _workers.Add(new(ShareOf(options, i), share, failed, prospects?[i]));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        _workers.ForEach(worker => worker.Listeners.Open());
    }

    /// <summary>The workers, in the order of their loops.</summary>
    public IReadOnlyList<Worker> Workers => _workers;

    /// <summary>
    /// Serves until a stop has come and what was in flight has finished, in all workers, or a
    /// second stop has come. False in the latter case.
    /// </summary>
    /// <param name="stops">Heeded before anybody can know that we serve; each says with what
    /// patience, null: the usual one.</param>
    /// <param name="serving">Called once all workers read datagrams and connections.</param>
    public bool Run(IObservable<TimeSpan?> stops, Action serving)
    {
        var starting = _workers.Count;
        var finished = new bool[_workers.Count];
        // Nobody may miss the first signal, so it is listened for when everybody does.
        var heard = stops.Publish().RefCount(minObservers: _workers.Count);
        var others = _workers.Skip(1).Select(Begin).ToArray();
        Serve(_workers[0]);
        foreach (var other in others)
            other.Join();
        return finished.All(done => done);

        Thread Begin(Worker worker)
        {
            var thread = new Thread(() => Serve(worker)) { Name = $"loop {worker.Share.Index}" };
            thread.Start();
            return thread;
        }

        void Serve(Worker worker) => finished[worker.Share.Index] = worker.Run(heard, () =>
        {
            if (Interlocked.Decrement(ref starting) == 0)
                serving();
        });
    }

    public void Dispose() => _workers.ForEach(worker => worker.Dispose());

    // What is bounded for the process is shared out; lots are drawn apart.
    static DaemonOptions ShareOf(DaemonOptions options, int index) => options with
    {
        Core = options.Core with
        {
            MaxRemotes = Math.Max(1, options.Core.MaxRemotes / options.Loops),
            MaxStreams = Math.Max(1, options.Core.MaxStreams / options.Loops),
            // A client always meets the same loop; those of a prefix are spread.
            MaxStreamsPerPrefix = Math.Max(
                options.Core.MaxStreamsPerClient,
                options.Core.MaxStreamsPerPrefix / options.Loops),
            Seed = options.Core.Seed ^ index,
        },
    };
}
