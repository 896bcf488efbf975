using System.Reactive;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Control.Taps;

/// <summary>
/// What listens on one loop. Used on that loop. It subscribes to the facts while there is a tap,
/// and has those of datagrams made while somebody wants them.
/// </summary>
/// <param name="facts">The loop's facts of the control plane.</param>
/// <param name="watch">Sets who is told of datagrams (<see cref="DataPlane.Watcher"/>).</param>
internal sealed class LoopTaps(
    IObservable<Timestamped<BalancerEvent>> facts, Action<IDatagramWatcher?> watch)
    : IDatagramWatcher
{
    private readonly List<Tap.Branch> _taps = [];
    private readonly List<IDatagramWatcher> _watchers = [];
    private IDisposable? _listening;

    /// <summary>A tap listens from now on.</summary>
    public void Add(Tap.Branch tap)
    {
        _taps.Add(tap);
        // An error of the stream is the narrator's to tell.
        _listening ??= facts.Subscribe(Tell, _ => { });
        if (tap.WantsDatagrams)
            Add((IDatagramWatcher)tap);
    }

    /// <summary>It listens no more; nothing happens if it did not.</summary>
    public void Remove(Tap.Branch tap)
    {
        Remove((IDatagramWatcher)tap);
        if (!_taps.Remove(tap) || _taps.Count > 0)
            return;
        _listening?.Dispose();
        _listening = null;
    }

    /// <summary>Somebody is told of datagrams from now on.</summary>
    public void Add(IDatagramWatcher watcher)
    {
        _watchers.Add(watcher);
        if (_watchers.Count == 1)
            watch(this);
    }

    /// <summary>It is told no more; nothing happens if it was not.</summary>
    public void Remove(IDatagramWatcher watcher)
    {
        if (_watchers.Remove(watcher) && _watchers.Count == 0)
            watch(null);
    }

    /// <inheritdoc/>
    public void Saw(ReadOnlySpan<DatagramFact> facts)
    {
        foreach (var watcher in _watchers)
            watcher.Saw(facts);
    }

    private void Tell(Timestamped<BalancerEvent> fact)
    {
        foreach (var tap in _taps)
            tap.Saw(fact);
    }
}
