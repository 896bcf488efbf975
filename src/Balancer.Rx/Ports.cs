using System.Reactive.Linq;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Streams;

namespace Balancer.Rx;

/// <summary>
/// All that the core needs of the world; the daemon has sockets, tests have simulations.
/// </summary>
/// <param name="Directory">Which sockets there are.</param>
/// <param name="Links">Sessions to them.</param>
/// <param name="Datagrams">
/// Bursts from all UDP listeners, as they come; disposing the subscription stops reading.
/// </param>
/// <param name="Replies">The way out.</param>
/// <param name="StreamListener">Clients' TCP connections.</param>
/// <param name="StreamConnector">Connections of their own for them.</param>
/// <param name="Commands">What operators ask, as it comes.</param>
public sealed record Ports(
    IDirectory Directory,
    IBackendLinks Links,
    IObservable<DatagramBurst> Datagrams,
    IReplies Replies,
    IStreamListener StreamListener,
    IStreamConnector StreamConnector,
    IObservable<BackendCommand> Commands)
{
    /// <summary>
    /// Options that shall be in force from now on. Those that a running core can change are
    /// (<c>ControlPlane.Settings.cs</c>); of the others it keeps what it was made with.
    /// </summary>
    public IObservable<BalancerOptions> Settings { get; init; } =
        Observable.Never<BalancerOptions>();
}
