using System.Reactive.Subjects;
using Balancer.Rx;
using Balancer.Rx.Streams;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

/// <summary>
/// Clients, backends and the connections between them, in virtual time. Every test ends with
/// <see cref="NothingIsLeft"/> (W15).
/// </summary>
sealed class StreamWorld : IStreamListener, IStreamConnector, IStreamRoutes, IDisposable
{
    readonly Subject<AcceptedStream> _accepted = new();
    readonly List<SimulatedStream> _clients = [];
    readonly List<(BackendId Id, SimulatedStream Stream)> _attempts = [];
    readonly List<BackendId> _backends;
    readonly List<(BackendId? Backend, bool Established)> _counted = [];

    public StreamWorld(BalancerOptions? options = null, int backends = 2)
    {
        Options = options ?? BalancerOptions.Default;
        _backends = [.. Enumerable.Range(5301, backends).Select(id => new BackendId(id))];
        Proxies = new(this, this, this, Options, Scheduler);
        Proxies.Events.Subscribe(Facts.Add, () => IsOver = true);
    }

    public BalancerOptions Options { get; }
    public IdleScheduler Scheduler { get; } = new();
    public StreamProxies Proxies { get; }
    public List<BalancerEvent> Facts { get; } = [];
    public bool IsOver { get; private set; }
    public bool IsAccepting => _accepted.HasObservers;

    /// <summary>What the routes were told of each connection (X1, X2).</summary>
    public IReadOnlyList<(BackendId? Backend, bool Established)> Counted => _counted;

    /// <summary>The backends that were connected to, in turn.</summary>
    public IEnumerable<int> Asked => _attempts.Select(attempt => attempt.Id.Value);

    /// <summary>How connections have ended, in turn.</summary>
    public IEnumerable<StreamEnd> Ends =>
        Facts.OfType<BalancerEvent.StreamFinished>().Select(fact => fact.End);

    public IEnumerable<T> FactsOf<T>() where T : BalancerEvent => Facts.OfType<T>();

    /// <summary>A client connects, from port 4000 on.</summary>
    public SimulatedStream Client(string address = "10.0.0.7")
    {
        var stream = new SimulatedStream(Scheduler);
        var endpoint = new ClientEndpoint(
            ClientAddress.Parse(address), (ushort)(4000 + _clients.Count));
        _clients.Add(stream);
        Scheduler.ScheduleAbsolute(0, Scheduler.Clock, (_, _) =>
        {
            _accepted.OnNext(new(endpoint, stream));
            return System.Reactive.Disposables.Disposable.Empty;
        });
        Settle();
        return stream;
    }

    /// <summary>The connection to a backend that was begun last.</summary>
    public SimulatedStream Backend => _attempts[^1].Stream;

    /// <summary>A client that has been taken by the first backend.</summary>
    public (SimulatedStream Client, SimulatedStream Backend) Established(
        string address = "10.0.0.7")
    {
        var client = Client(address);
        var backend = Backend;
        backend.Connect();
        backend.Send(Bytes.Ok);
        Settle();
        return (client, backend);
    }

    /// <summary>A client that has been taken and has spoken: its first byte is not awaited.
    /// </summary>
    public (SimulatedStream Client, SimulatedStream Backend) Spoken()
    {
        var (client, backend) = Established();
        client.Send(1);
        Settle();
        return (client, backend);
    }

    /// <summary>What is due now happens, and what follows from it; a millisecond passes.</summary>
    public void Settle() => Run(TimeSpan.FromMilliseconds(1));

    public void Run(TimeSpan span) => Scheduler.AdvanceBy(span.Ticks);

    /// <summary>Every stream closed, no memory rented, no timer pending, all counted.</summary>
    public void NothingIsLeft()
    {
        Assert.True(Scheduler.IsIdle, "work is still scheduled");
        Assert.Equal((0, 0), (Proxies.Count, Proxies.Groups));
        Assert.Equal(0, Proxies.BuffersInUse);
        Assert.All(_clients, AssertGone);
        Assert.All(_attempts, attempt => AssertGone(attempt.Stream));
        Assert.Equal(_clients.Count, Proxies.Counters.Accepted);
        Assert.Equal(
            Proxies.Counters.Accepted,
            Enum.GetValues<StreamEnd>().Sum(Proxies.Counters.Ended));
    }

    public void Dispose()
    {
        Proxies.Dispose();
        _accepted.Dispose();
    }

    static void AssertGone(SimulatedStream stream)
    {
        Assert.True(stream.IsClosed, "a stream is still open");
        Assert.False(stream.IsListenedTo, "somebody still listens to a stream");
    }

    IObservable<AcceptedStream> IStreamListener.Accepted => _accepted;

    IByteStream IStreamConnector.Connect(string path)
    {
        var stream = new SimulatedStream(Scheduler);
        _attempts.Add((new(int.Parse(path)), stream));
        return stream;
    }

    StreamTarget? IStreamRoutes.Pick(ClientAddress client, ReadOnlySpan<BackendId> tried)
    {
        foreach (var backend in _backends)
        {
            if (!tried.Contains(backend))
                return new(backend, backend.ToString());
        }
        return null;
    }

    void IStreamRoutes.Count(ClientAddress client, BackendId? backend, bool established) =>
        _counted.Add((backend, established));
}
