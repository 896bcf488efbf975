using System.Reactive.Linq;
using Balancer.Rx;
using Balancer.Rx.Streams;

namespace Balancer.Daemon.Sockets;

/// <summary>The listeners of all addresses as one (-b may be given several times).</summary>
sealed class TcpListeners(IReadOnlyList<TcpListenerSource> listeners) : IStreamListener, IDisposable
{
    /// <inheritdoc/>
    public IObservable<AcceptedStream> Accepted { get; } =
        listeners.Select(listener => listener.Accepted).Merge();

    /// <summary>What went wrong at any of them.</summary>
    public IObservable<BalancerEvent> Events { get; } =
        listeners.Select(listener => listener.Events).Merge();

    /// <summary>Closes them.</summary>
    public void Dispose()
    {
        foreach (var listener in listeners)
            listener.Dispose();
    }
}
