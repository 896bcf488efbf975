// TAPS: facts as they happen, for whoever wants to read along.
//
//   loop ── facts ──► filter ── what passes ──► queue of the reader ──► words ──► its connection
//   └────────────── on the loop ──────────────┘└─────────── on threads of the runtime's ────────┘
//
// A tap costs the loop its filter and a copy of what passes. A tap that can only show facts of the
// control plane costs a datagram nothing; without any tap there are no facts of datagrams at all.
//
// Nobody waits for a reader. Its queue holds QueueFacts facts; when that is full, the newest are
// lost, and it is told how many as soon as it reads again. If nothing is read for Patience while
// facts are lost, it is cut off, with a last word if it reads again within LastWordPatience. There
// are MostTaps taps at most.
//
// Not promised: an order between loops; that a line "dropped" stands exactly where the gap is (it
// comes first in what is written next); that what is lost can be had again.

using Balancer.Daemon.Control.Filters;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Control.Taps;

/// <summary>All who listen, on all loops.</summary>
internal sealed class TapHub
{
    /// <summary>The most taps there may be at the same time.</summary>
    public const int MostTaps = 128;

    private readonly IReadOnlyList<Worker> _workers;
    private readonly LoopTaps[] _loops;
    private int _open;

    /// <summary>Nobody listens yet.</summary>
    public TapHub(IReadOnlyList<Worker> workers)
    {
        _workers = workers;
        _loops = [.. workers.Select(worker => new LoopTaps(
            worker.Facts, watcher => worker.Plane.Data.Watcher = watcher))];
    }

    /// <summary>How many taps there are.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>
    /// A tap that listens on all loops until what this returns is disposed; null: there are
    /// <see cref="MostTaps"/> already.
    /// </summary>
    public async Task<IDisposable?> TryOpen(Tap tap, CancellationToken gone)
    {
        if (Interlocked.Increment(ref _open) > MostTaps)
        {
            Interlocked.Decrement(ref _open);
            return null;
        }
        var open = new Listening(
            this, loop => _loops[loop].Remove(tap.Branches[loop]),
            () => Interlocked.Decrement(ref _open));
        await open.Begin(loop => _loops[loop].Add(tap.Branches[loop]), gone);
        return open;
    }

    /// <summary>
    /// Those who are told of datagrams, one on each loop, until what this returns is disposed.
    /// </summary>
    public async Task<IDisposable> Watch(
        IReadOnlyList<IDatagramWatcher> watchers, CancellationToken gone)
    {
        var open = new Listening(
            this, loop => _loops[loop].Remove(watchers[loop]), () => { });
        await open.Begin(loop => _loops[loop].Add(watchers[loop]), gone);
        return open;
    }

    private async Task OnLoops(Action<int> act, CancellationToken gone) => await Task.WhenAll(
        _workers.Select((worker, loop) => worker.Ask(() => Done(act, loop), gone)));

    private static bool Done(Action<int> act, int loop)
    {
        act(loop);
        return true;
    }

    private sealed class Listening(TapHub hub, Action<int> end, Action ended) : IDisposable
    {
        public async Task Begin(Action<int> begin, CancellationToken gone)
        {
            try
            {
                await hub.OnLoops(begin, gone);
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        // Not waited for: a loop that has ended does not answer, and what listened on it has ended
        // with it.
        public void Dispose()
        {
            ended();
            _ = hub.OnLoops(end, CancellationToken.None);
        }
    }
}
