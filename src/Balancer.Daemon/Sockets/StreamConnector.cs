using Balancer.Daemon.Loop;
using Balancer.Rx;
using Balancer.Rx.Streams;

namespace Balancer.Daemon.Sockets;

/// <summary>Opens AF_UNIX connections to backends, one per client (T3).</summary>
sealed class StreamConnector(EventLoop loop, BalancerOptions options) : IStreamConnector
{
    /// <inheritdoc/>
    public IByteStream Connect(string path) =>
        ByteStream.To(loop, new(path, options.BusyRetry, options.BackendOwners));
}
