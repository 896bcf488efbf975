using System.Reactive;
using System.Reactive.Linq;
using Balancer.Rx.Streams;

namespace Balancer.Daemon.Sockets;

/// <summary>
/// A listener whose queue was there before us, and holds connections that came while nobody read.
/// They are left in it until somebody can serve them: to a connection that was accepted too early,
/// there is nothing to say but that it ends. Datagrams are parked instead.
/// </summary>
/// <param name="listener">The listener.</param>
/// <param name="ready">When to begin.</param>
sealed class PatientListener(IStreamListener listener, IObservable<Unit> ready) : IStreamListener
{
    /// <inheritdoc/>
    public IObservable<AcceptedStream> Accepted { get; } =
        ready.Take(1).Select(_ => listener.Accepted).Switch();
}
