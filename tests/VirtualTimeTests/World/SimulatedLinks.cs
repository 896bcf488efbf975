using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests;

/// <summary>What connect() to a backend's socket gives.</summary>
enum Connecting
{
    /// <summary>A link.</summary>
    Succeeds,

    /// <summary>EAGAIN: the listen queue is full.</summary>
    IsBusy,

    /// <summary>Nothing, for ever.</summary>
    Hangs,

    /// <summary>A process of a user who may not be a backend.</summary>
    IsNotAllowed,
}

/// <summary>The way from paths to backends.</summary>
sealed class SimulatedLinks(Func<string, SimulatedBackend> backendAt, IScheduler scheduler)
    : IBackendLinks
{
    /// <summary>Links that are connected or being connected.</summary>
    public int Open { get; private set; }

    IObservable<LinkEvent> IBackendLinks.Open(string path) =>
        Observable.Create<LinkEvent>(observer =>
        {
            Open++;
            var link = new SerialDisposable();
            link.Disposable = scheduler.Schedule(() =>
                link.Disposable = Connect(backendAt(path), observer));
            return StableCompositeDisposable.Create(link, Disposable.Create(() => Open--));
        });

    IDisposable Connect(SimulatedBackend backend, IObserver<LinkEvent> observer)
    {
        backend.Knocks.Add(scheduler.Now);
        if (!backend.HasFile)
            return Fails(observer, new(LinkEventKind.NotThere));
        if (!backend.IsListening)
            return Fails(observer, new(LinkEventKind.Refused, Error: "ECONNREFUSED"));
        if (backend.Connecting == Connecting.IsBusy)
            return Fails(observer, new(LinkEventKind.Busy));
        if (backend.Connecting == Connecting.IsNotAllowed)
            return Fails(observer, new(LinkEventKind.NotAllowed, Error: "run by uid 65534"));
        if (backend.Connecting == Connecting.Hangs)
            return Disposable.Empty;
        var link = new SimulatedLink(backend, observer, scheduler);
        backend.Accept(link);
        observer.OnNext(new(LinkEventKind.Connected, link));
        return link;
    }

    static IDisposable Fails(IObserver<LinkEvent> observer, LinkEvent why)
    {
        observer.OnNext(why);
        observer.OnCompleted();
        return Disposable.Empty;
    }
}
