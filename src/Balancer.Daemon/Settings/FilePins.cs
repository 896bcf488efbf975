using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Daemon.Sockets;
using Balancer.Rx;

namespace Balancer.Daemon.Settings;

/// <summary>
/// The pins of the file, given as orders: at the start, when the backend that one names appears,
/// and when the file changes. A pin that leaves the file is taken back, unless somebody else has
/// given an order for that client meanwhile. One worker's; on its loop.
/// </summary>
internal sealed class FilePins : IDisposable
{
    private readonly Worker _worker;
    private readonly int _loops;
    private readonly Dictionary<ClientAddress, string> _placed = [];
    private readonly HashSet<ClientAddress> _overruled = [];
    private readonly CompositeDisposable _subscriptions = [];
    private Dictionary<ClientAddress, string> _wanted = [];
    private bool _isOrdering;

    /// <summary>Begins to listen; to be made before the worker runs.</summary>
    /// <param name="worker">Whose clients.</param>
    /// <param name="loops">How many share the clients.</param>
    /// <param name="options">What is in force; at once, then every change.</param>
    public FilePins(Worker worker, int loops, IObservable<DaemonOptions> options)
    {
        (_worker, _loops) = (worker, loops);
        _subscriptions.Add(options
            .Select(now => now.Pins)
            .DistinctUntilChanged()
            .ObserveOn(worker.Scheduler)
            .Subscribe(Want));
        _subscriptions.Add(worker.Facts.Select(fact => fact.Value).Subscribe(Hear));
    }

    /// <inheritdoc/>
    public void Dispose() => _subscriptions.Dispose();

    private void Want(IReadOnlyDictionary<ClientAddress, string> pins)
    {
        var mine = pins
            .Where(pin => LoopShare.LoopOf(pin.Key, _loops) == _worker.Share.Index)
            .ToDictionary();
        _overruled.RemoveWhere(client =>
            mine.GetValueOrDefault(client) != _wanted.GetValueOrDefault(client));
        _wanted = mine;
        foreach (var (client, _) in _placed.ToArray())
        {
            if (!mine.ContainsKey(client) && _placed.Remove(client))
                Order(new BackendCommand.Unpin(client));
        }
        foreach (var backend in _worker.Plane.Backends.Items)
            Place(backend.Id, backend.Path);
    }

    private void Hear(BalancerEvent fact)
    {
        switch (fact)
        {
            // What is ordered in the middle of a fact would come before what else follows from it.
            case BalancerEvent.BackendFound found:
                _worker.Scheduler.Schedule(() => Place(found.Id, found.Path));
                break;
            case BalancerEvent.RemotePinned pinned when !_isOrdering:
                Overrule(pinned.Client);
                break;
            case BalancerEvent.RemoteUnpinned unpinned when !_isOrdering:
                Overrule(unpinned.Client);
                break;
            default:
                break;
        }
    }

    // Whoever orders otherwise has the last word, until the file says something else.
    private void Overrule(ClientAddress client)
    {
        _placed.Remove(client);
        if (_wanted.ContainsKey(client))
            _overruled.Add(client);
    }

    private void Place(BackendId id, string path)
    {
        var name = Path.GetFileName(path);
        foreach (var (client, backend) in _wanted)
        {
            if (backend == name && _placed.GetValueOrDefault(client) != name
                && !_overruled.Contains(client))
            {
                _placed[client] = name;
                Order(new BackendCommand.Pin(client, id));
            }
        }
    }

    private void Order(BackendCommand command)
    {
        _isOrdering = true;
        _worker.Order(command);
        _isOrdering = false;
    }
}
