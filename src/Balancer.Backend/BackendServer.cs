using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;

namespace Balancer.Backend;

/// <summary>
/// The other end of the wire: listens where a balancer looks for backends, and turns what it sends
/// into a stream of DNS queries, each of which can be answered.
/// </summary>
/// <remarks>
/// <para>Any number of balancers may be connected at once (E2). Hellos and heartbeats are answered
/// here; a heartbeat waits while a handler runs, so a handler that hangs is noticed.</para>
/// <para>The server ends by disposal alone. What goes wrong meanwhile is an item of
/// <see cref="Errors"/> and costs at most the connection it happened on.</para>
/// </remarks>
public sealed class BackendServer : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AcceptAgainAfter = TimeSpan.FromMilliseconds(100);
    private const int Backlog = 512;

    private readonly Socket _listener;
    private readonly BackendServerOptions _options;
    private readonly QueryFeed _feed = new();
    private readonly ConcurrentDictionary<Connection, Task> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _ticks;

    private BackendServer(string path, Socket listener, BackendServerOptions options)
    {
        Path = path;
        _listener = listener;
        _options = options;
        _ticks = Observable.Interval(TickEvery, options.Scheduler).Subscribe(_ => Tick());
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>
    /// Starts to listen on a socket file. A file left behind by a process that was killed is
    /// replaced; any other that stands there is left alone.
    /// </summary>
    /// <param name="path">Where, in the balancer's socket directory; at most 107 bytes.</param>
    /// <param name="options">Limits and clock; null for the defaults.</param>
    /// <exception cref="ArgumentException">The path is too long or empty, or an option makes no
    /// sense.</exception>
    /// <exception cref="IOException">The path holds something that is not a socket, or another
    /// process listens on it.</exception>
    /// <exception cref="SocketException">The path cannot be bound: no such directory, no
    /// permission.</exception>
    public static BackendServer Listen(string path, BackendServerOptions? options = null)
    {
        var endpoint = new UnixDomainSocketEndPoint(path);
        var checkedOptions = (options ?? new()).Checked();
        SocketFile.RemoveStale(path);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            listener.Bind(endpoint);
            listener.Listen(Backlog);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        return new(path, listener, checkedOptions);
    }

    /// <summary>The socket file.</summary>
    public string Path { get; }

    /// <summary>
    /// The queries of all clients, one at a time, on threads of the pool: a handler that has more
    /// to do than compute hands them on and answers later. What a handler throws goes to
    /// <see cref="Errors"/> and its query is declined; the handler stays subscribed, unless it is
    /// behind operators: those unsubscribe what throws. A query that nobody is subscribed to is
    /// declined. Completes on disposal.
    /// </summary>
    public IObservable<Query> Queries => _feed;

    /// <summary>
    /// What went wrong, one at a time, on threads of the pool. Completes on disposal. What a
    /// subscriber throws here is only counted.
    /// </summary>
    public IObservable<BackendError> Errors => _feed.Errors;

    /// <summary>How much of everything there has been so far.</summary>
    public BackendStatistics Statistics => _feed.Counters.Read(_connections.Count);

    /// <summary>
    /// Stops to listen, unlinks the socket file, answers what is outstanding for at most
    /// <see cref="BackendServerOptions.Grace"/>, then closes what is left.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        StopListening();
        foreach (var connection in _connections.Keys)
            connection.Stop();
        var all = Task.WhenAll(_connections.Values);
        if (!all.IsCompleted)
        {
            var grace = Observable.Timer(_options.Grace, _options.Scheduler).ToTask();
            await Task.WhenAny(all, grace).ConfigureAwait(false);
        }
        Dispose();
    }

    /// <summary>Stops to listen, unlinks the socket file, closes all connections; waits for
    /// nothing.</summary>
    public void Dispose()
    {
        StopListening();
        foreach (var connection in _connections.Keys)
            connection.Dispose();
        _feed.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Take(await _listener.AcceptAsync(_stop.Token));
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                _feed.Report(new(BackendErrorKind.Accept, e.Message, e));
                await Observable.Timer(AcceptAgainAfter, _options.Scheduler);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException
                or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Take(Socket socket)
    {
        if (_connections.Count >= _options.MaxConnections)
        {
            _feed.Counters.Refusal();
            socket.Dispose();
            return;
        }
        _feed.Counters.Connection();
        var connection = new Connection(socket, _feed, _options);
        var run = connection.RunAsync();
        _connections[connection] = run;
        _ = run.ContinueWith(
            _ => _connections.TryRemove(connection, out Task? _), TaskScheduler.Default);
        if (_stop.IsCancellationRequested)
            connection.Dispose();
    }

    private void Tick()
    {
        var now = _options.Scheduler.Now;
        foreach (var connection in _connections.Keys)
            connection.Tick(now);
    }

    private void StopListening()
    {
        _stop.Cancel();
        _ticks.Dispose();
        _listener.Dispose();
    }
}
