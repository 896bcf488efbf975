using System.Net;
using System.Net.Sockets;
using System.Reactive.Concurrency;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Sockets;
using Balancer.Rx;
using Balancer.Rx.Streams;
using Xunit;

namespace Balancer.EndToEndTests.Sockets;

/// <summary>
/// The TCP half of the daemon on a loop with a thread of its own, between real sockets: clients on
/// 127.0.0.1, and backends whose accepting side is the test.
/// </summary>
sealed class TcpWorld : IStreamRoutes, IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tcp");
    readonly List<Exception> _failures = [];
    readonly List<BalancerEvent> _facts = [];
    readonly EventLoop _loop;
    readonly Thread _thread;
    readonly TcpListenerSource _listener;

    public TcpWorld(BalancerOptions? options = null)
    {
        _loop = new(_failures.Add);
        _listener = new(_loop, new(IPAddress.Loopback, 0), LoopShare.Whole);
        _listener.Events.Subscribe(Note);
        _thread = new(() => _loop.Run()) { IsBackground = true };
        _thread.Start();
        var chosen = options ?? BalancerOptions.Default;
        Proxies = OnLoop(() => new StreamProxies(
            _listener, new StreamConnector(_loop, chosen), this, chosen, _loop));
        OnLoop(() => Proxies.Events.Subscribe(Note));
    }

    public StreamProxies Proxies { get; }
    public int Port => _listener.Port;

    /// <summary>The backends, in the order in which they are picked.</summary>
    public List<TcpBackend> Backends { get; } = [];

    public TcpBackend AddBackend(int backlog = 16)
    {
        var backend = new TcpBackend(
            Path.Combine(_folder.FullName, $"{5301 + Backends.Count}"), backlog);
        Backends.Add(backend);
        return backend;
    }

    public Socket Client()
    {
        var client = UnconnectedClient();
        client.Connect(IPAddress.Loopback, Port);
        return client;
    }

    public static Socket UnconnectedClient() => new(SocketType.Stream, ProtocolType.Tcp)
    {
        ReceiveTimeout = (int)Patience.TotalMilliseconds,
        SendTimeout = (int)Patience.TotalMilliseconds,
    };

    /// <summary>A client, and the backend's end of its connection once INBOUND_TCP_OK has passed.
    /// </summary>
    public (Socket Client, Socket Backend) Established()
    {
        var before = FactsOf<BalancerEvent.StreamEstablished>().Count;
        var (client, backend) = (Client(), Backends[0].Take());
        WaitFor(() => FactsOf<BalancerEvent.StreamEstablished>().Count > before, "the OK");
        return (client, backend);
    }

    public T OnLoop<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>();
        _loop.Schedule(() => answer.SetResult(question()));
        Assert.True(answer.Task.Wait(Patience), "the loop does not answer");
        return answer.Task.Result;
    }

    public IReadOnlyList<T> FactsOf<T>() where T : BalancerEvent
    {
        lock (_facts)
            return [.. _facts.OfType<T>()];
    }

    public static void WaitFor(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, Patience), $"waited in vain: {what}");

    /// <summary>Waits until this many connections have ended, and tells how.</summary>
    public IEnumerable<StreamEnd> Ends(int count)
    {
        WaitFor(() => FactsOf<BalancerEvent.StreamFinished>().Count >= count, "the end");
        return FactsOf<BalancerEvent.StreamFinished>().Select(fact => fact.End);
    }

    /// <summary>Stops; nothing may be registered with the loop or rented then (W15).</summary>
    public void Dispose()
    {
        OnLoop(() =>
        {
            Proxies.Dispose();
            return 0;
        });
        var left = OnLoop(() => (_loop.SourceCount, Proxies.BuffersInUse));
        _loop.Stop();
        _thread.Join();
        _loop.Dispose();
        foreach (var backend in Backends)
            backend.Dispose();
        _folder.Delete(recursive: true);
        Assert.Equal((0, 0), left);
        Assert.Empty(_failures);
    }

    void Note(BalancerEvent fact)
    {
        lock (_facts)
            _facts.Add(fact);
    }

    StreamTarget? IStreamRoutes.Pick(ClientAddress client, ReadOnlySpan<BackendId> tried) =>
        tried.Length < Backends.Count
            ? new(new(5301 + tried.Length), Backends[tried.Length].SocketPath)
            : null;

    void IStreamRoutes.Count(ClientAddress client, BackendId? backend, bool established) { }
}
