using System.Reactive.Linq;
using Balancer.Daemon.Loop;
using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.Daemon.Sockets;

/// <summary>Links over AF_UNIX sockets.</summary>
sealed class BackendLinks(EventLoop loop, BalancerOptions options) : IBackendLinks
{
    public IObservable<LinkEvent> Open(string path) =>
        Observable.Create<LinkEvent>(observer =>
            BackendLink.Connect(loop, path, options.BackendOwners, observer));
}
