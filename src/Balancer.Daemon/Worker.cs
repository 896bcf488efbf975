// A WORKER: sockets below, the core in the middle, narration above; composed here and nowhere else.
// Everything runs on one loop, on the thread that calls Run. Workers share nothing.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Reactive.Threading.Tasks;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Settings;
using Balancer.Daemon.Sockets;
using Balancer.Rx;
using Balancer.Rx.Handover;
using Balancer.Rx.Streams;

namespace Balancer.Daemon;

/// <summary>One balancer of one loop on real sockets.</summary>
sealed class Worker : IDisposable
{
    /// <summary>For how long the kernel queues for the first backend.</summary>
    static readonly TimeSpan QueuePatience = TimeSpan.FromSeconds(10);

    readonly EventLoop _loop;
    readonly Listeners _listeners;
    readonly UdpReplies _replies;
    readonly SocketDirectory _directory;
    readonly Subject<BackendCommand> _commands = new();
    readonly Subject<BalancerOptions> _settings = new();
    readonly AsyncSubject<Unit> _ended = new();
    readonly AsyncSubject<Unit> _served = new();
    readonly IDisposable _serving;
    bool _atOnce;

    /// <summary>Binds and composes; throws <see cref="BindException"/> or
    /// <see cref="GivenSocketsException"/>.</summary>
    /// <param name="options">What the command line asked for.</param>
    /// <param name="share">Whose clients it serves.</param>
    /// <param name="failed">Told of what should not happen; the worker goes on.</param>
    /// <param name="prospects">With what it begins, if it is to take the place of another: then
    /// nothing is read until the listeners are resumed.</param>
    public Worker(
        DaemonOptions options, LoopShare share, Action<Exception> failed,
        Estate? prospects = null)
    {
        Share = share;
        var core = Core = options.Core.Checked();
        _loop = new(failed);
        try
        {
            _listeners = new(_loop, options.Addresses, options.Port, share, options.Given);
        }
        catch
        {
            _loop.Dispose();
            throw;
        }
        if (prospects is not null)
            _listeners.Pause();
        _replies = new(_listeners.Udp);
        _directory = new(core.SocketDirectory, _loop);
        var (datagrams, streams) = options.Given is null
            ? (_listeners.Datagrams, _listeners.Streams)
            : (_listeners.Datagrams.OnceThereIs(_served),
                (IStreamListener)new PatientListener(_listeners.Streams, _served));
        Plane = new(
            new(
                _directory, new BackendLinks(_loop, core), datagrams, _replies,
                streams, new StreamConnector(_loop, core),
                _commands)
            {
                Settings = _settings,
            },
            core, failed, _loop, prospects);
        _serving = SomebodyServes().Subscribe(_served);
    }

    /// <summary>Whose clients it serves.</summary>
    public LoopShare Share { get; }

    /// <summary>What the core was told of intervals, limits and policies.</summary>
    public BalancerOptions Core { get; private set; }

    /// <summary>The core.</summary>
    public ControlPlane Plane { get; }

    /// <summary>What clients talk to.</summary>
    public Listeners Listeners => _listeners;

    /// <summary>All that happens: the core's facts, and the listeners' own.</summary>
    public IObservable<Timestamped<BalancerEvent>> Facts =>
        Plane.Facts.Merge(_listeners.Streams.Events.Timestamp(_loop));

    /// <summary>Ends with an item once the socket directory has been read.</summary>
    public IObservable<Unit> Swept => _directory.Swept;

    /// <summary>The loop as a scheduler, for whoever wants to ask the core something.</summary>
    public IScheduler Scheduler => _loop;

    /// <summary>Asks the core something, on its loop. Fails if the loop has ended.</summary>
    /// <param name="question">Short, since the loop serves nobody meanwhile. What its asker does
    /// with the answer is done on another thread.</param>
    /// <param name="cancellation">Ends the wait, not the question.</param>
    public Task<T> Ask<T>(Func<T> question, CancellationToken cancellation = default) =>
        Observable.Start(question, _loop)
            .Merge(_ended.SelectMany(_ => Observable.Throw<T>(
                new ObjectDisposedException(nameof(Worker)))))
            .Take(1)
            .ToTask(cancellation, TaskPoolScheduler.Default);

    /// <summary>Orders something, on the loop's thread; what followed at once.</summary>
    public IReadOnlyList<Timestamped<BalancerEvent>> Order(BackendCommand command)
    {
        var told = new List<Timestamped<BalancerEvent>>();
        using (Facts.Subscribe(told.Add))
            _commands.OnNext(command);
        return told;
    }

    /// <summary>Goes by these from now on, as far as that can be without a restart. On the loop.
    /// </summary>
    public Unit Settle(DaemonOptions options)
    {
        Core = SettingsTable.Reloaded(new() { Core = Core }, options).Core.Checked();
        _settings.OnNext(Core);
        return Unit.Default;
    }

    /// <summary>
    /// Serves on the calling thread until a stop has come and what was in flight has finished, or
    /// a second stop has come. False in the latter case.
    /// </summary>
    /// <param name="stops">Heeded before anybody can know that we serve; each says with what
    /// patience, null: the usual one.</param>
    /// <param name="serving">Called once datagrams and connections are read.</param>
    public bool Run(IObservable<TimeSpan?> stops, Action serving)
    {
        using var stopping = stops
            .ObserveOn(_loop)
            .Select((patience, nth) => nth > 0
                ? Observable.Return(AtOnce())
                : Plane.Stop(patience ?? Core.StopPatience))
            .Switch()
            .Subscribe(_ => _loop.Stop());
        using var starting = _loop.Schedule(() =>
        {
            Plane.Start();
            serving();
        });
        _loop.Run();
        _ended.OnNext(default);
        _ended.OnCompleted();
        return !_atOnce;
    }

    public void Dispose()
    {
        _serving.Dispose();
        Plane.Dispose();
        _commands.Dispose();
        _settings.Dispose();
        _directory.Dispose();
        _replies.Dispose();
        _listeners.Dispose();
        _loop.Dispose();
    }

    // What waits in sockets that were handed over is left there until somebody is there to have it.
    IObservable<Unit> SomebodyServes() => Plane.Facts
        .Where(fact => fact.Value is BalancerEvent.BackendEstablished)
        .Select(_ => Unit.Default)
        .Merge(Observable.Timer(QueuePatience, _loop).Select(_ => Unit.Default))
        .Take(1);

    Unit AtOnce()
    {
        _atOnce = true;
        return default;
    }
}
