using System.Reactive;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.Rx.Handover;
using Balancer.Rx.Recording;

namespace Balancer.Daemon.Handover;

/// <summary>
/// The process whose place we take (Upgrade.cs): connected to it, with what it has handed over
/// before anything of ours is made. Used by one thread after another.
/// </summary>
internal sealed class Predecessor : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // It tells something at least that often until it has finished.
    private static readonly TimeSpan FinishPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);
    private const int LooksPerTell = 25;

    private readonly AsyncSubject<Unit> _gone = new();
    private readonly ManualResetEventSlim _isOver = new();
    private readonly HandoverLink _link;
    private readonly int _loops;
    private HandoverLink? _standIn;
    private int? _http;
    private bool _standsIn;
    private bool _isSettled;

    private Predecessor(HandoverLink link, int loops) => (_link, _loops) = (link, loops);

    /// <summary>What was counted before us.</summary>
    public InheritedCounts Counts { get; } = new();

    /// <summary>The listeners of clients.</summary>
    public GivenSockets? Listeners { get; private set; }

    /// <summary>What each loop begins with.</summary>
    public IReadOnlyList<Estate> Prospects { get; private set; } = [];

    /// <summary>Whoever stood in for us has gone: nobody looks after us any more.</summary>
    public IObservable<Unit> Gone => _gone.AsObservable();

    /// <summary>The connection to whoever stands in for us; null: nobody does.</summary>
    public int? StandInFd => _standIn?.Fd ?? (_standsIn ? _link.Fd : null);

    /// <summary>The one that has started us for that; null: none has.</summary>
    /// <exception cref="HandoverException">It has, and it is not to be had.</exception>
    public static Predecessor? Find(DaemonOptions options)
    {
        var name = Environment.GetEnvironmentVariable(Surrounding.Handover);
        if (string.IsNullOrEmpty(name))
            return null;
        // Not for those whom we start.
        Environment.SetEnvironmentVariable(Surrounding.Handover, null);
        var socket = Descriptor.Of(LibC.Socket(SockDomain.Unix, SockType.Stream), "socket");
        var connected = LibC.Connect(socket.Fd, SockAddrUn.Abstract(name));
        if (connected.IsError)
        {
            socket.Dispose();
            throw new HandoverException(
                $"{Surrounding.Handover}: {name}: {connected.Error.InWords()}");
        }
        var predecessor = new Predecessor(new(socket), options.Loops);
        try
        {
            predecessor.Introduce();
            return predecessor;
        }
        catch
        {
            predecessor.Dispose();
            throw;
        }
    }

    /// <summary>The listener of --http, which is the taker's now; null: none was handed over.
    /// </summary>
    public int? TakeHttp()
    {
        var http = _http;
        _http = null;
        return http;
    }

    /// <summary>It cannot be.</summary>
    public void Refuse(string reason)
    {
        try
        {
            _link.Send(HandoverStage.Refused, new(reason), HandoverJson.Default.RefusedView);
        }
        catch (HandoverException)
        {
            // It has gone, or has given us up: nobody is left to be told.
        }
    }

    /// <summary>Waits for what is handed over, and takes it; returns once we serve.</summary>
    /// <param name="daemon">Its loops run, and read nothing.</param>
    public void TakeOver(Daemon daemon)
    {
        var workers = daemon.Workers;
        IReadOnlyList<string>[] told = [];
        var look = 0;
        while (!_link.HasNews())
        {
            var met = Ask(workers, Meeting.Of);
            if (look++ % LooksPerTell == 0
                || !told.Zip(met).All(loop => loop.First.SequenceEqual(loop.Second)))
                _link.Send(HandoverStage.Met, new(met), HandoverJson.Default.MetView);
            told = met;
            Thread.Sleep(LookEvery);
        }
        Inherit(workers, HandoverStage.Estate);
        _link.Send(HandoverStage.Inherited);
        Inherit(workers, HandoverStage.Last);
        Counts.Set(CountsIn(_link.Expect(HandoverStage.Counts, Patience)), isLast: false);
        Ask(workers, worker =>
        {
            worker.Listeners.Resume();
            return true;
        });
        _link.Send(HandoverStage.Serving);
    }

    /// <summary>We can be looked at; follows it until it has finished, and whoever stands in for as
    /// long as we live. Waits until we are accepted.</summary>
    public void Settle(Narrator narrator)
    {
        try
        {
            _link.Send(HandoverStage.Settled);
            _standsIn = _link.Expect(HandoverStage.Accepted, Patience)
                .Read(HandoverJson.Default.AcceptedView).StandsIn;
        }
        catch (HandoverException e)
        {
            // It has gone in the meantime, and we serve: so be it.
            narrator.PredecessorLost(e.Message);
            Over();
            return;
        }
        _isSettled = true;
        Begin("predecessor", () => Follow(narrator));
        if (_standIn is { } standIn)
            Begin("stand-in", () => Watch(standIn));
    }

    /// <summary>Waits until it has finished; false: it has not.</summary>
    public bool WaitUntilOver(TimeSpan patience) => _isOver.Wait(patience);

    /// <summary>Tells whoever stands in, if anybody does, who serves from now on.</summary>
    public void TellStandIn(int process)
    {
        if ((_standIn ?? (_standsIn ? _link : null)) is { } link)
            link.Send(HandoverStage.Heir, new(process), HandoverJson.Default.HeirView);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Listeners?.Dispose();
        if (TakeHttp() is { } http)
            LibC.Close(http);
        // Threads wait there then, and end with the process.
        if (_isSettled)
            return;
        _link.Dispose();
        _standIn?.Dispose();
    }

    private void Introduce()
    {
        _link.Send(
            HandoverStage.Hello, new(Upgrade.Protocol, VersionInfo.Number, _loops),
            HandoverJson.Default.HelloView);
        var welcome = _link.Expect(HandoverStage.Welcome, Patience)
            .Read(HandoverJson.Default.WelcomeView);
        var descriptors = new List<GivenDescriptor>();
        for (var i = 0; i < welcome.Listeners; i++)
        {
            descriptors.AddRange(_link.Expect(HandoverStage.Listeners, Patience).Descriptors
                .Select(fd => new GivenDescriptor(fd)));
        }
        Listeners = GivenSockets.Of(descriptors);
        if (welcome.HasHttp)
            _http = OneOf(HandoverStage.Http);
        if (welcome.HasStandIn)
            _standIn = new(new(OneOf(HandoverStage.StandIn)));
        Prospects = Estates(HandoverStage.Prospects);
    }

    private int OneOf(HandoverStage stage) =>
        _link.Expect(stage, Patience).Descriptors is [var one]
            ? one
            : throw new HandoverException($"{stage} has not one descriptor");

    private Estate[] Estates(HandoverStage stage)
    {
        try
        {
            return
            [
                .. Enumerable.Range(0, _loops)
                    .Select(_ => Estate.From(_link.Expect(stage, Patience).Body)),
            ];
        }
        catch (TapeException e)
        {
            throw new HandoverException(e.Message);
        }
    }

    private void Inherit(IReadOnlyList<Worker> workers, HandoverStage stage)
    {
        var estates = Estates(stage);
        try
        {
            Ask(workers, worker =>
            {
                worker.Plane.Inherit(estates[worker.Share.Index]);
                return true;
            });
        }
        catch (TapeException e)
        {
            throw new HandoverException($"{e.Message}; try again");
        }
    }

    private void Follow(Narrator narrator)
    {
        try
        {
            while (!_isOver.IsSet)
            {
                var message = _link.Receive(FinishPatience);
                var isLast = message.Stage == HandoverStage.Over;
                Counts.Set(CountsIn(message), isLast);
                if (isLast)
                    Over();
            }
            narrator.PredecessorHasFinished();
        }
        catch (HandoverException e)
        {
            narrator.PredecessorLost(e.Message);
            Over();
        }
        if (_standsIn)
            Watch(_link);
        else
            _link.Dispose();
    }

    // Nothing is ever said there to us: what comes is its end.
    private void Watch(HandoverLink standIn)
    {
        while (true)
        {
            try
            {
                standIn.Receive(Timeout.InfiniteTimeSpan);
            }
            catch (HandoverException)
            {
                _gone.OnNext(default);
                _gone.OnCompleted();
                return;
            }
        }
    }

    private void Over()
    {
        Counts.End();
        _isOver.Set();
    }

    private static IReadOnlyList<DaemonStatus> CountsIn(HandoverMessage message) =>
        message.Read(HandoverJson.Default.CountsView).Loops;

    private static T[] Ask<T>(IReadOnlyList<Worker> workers, Func<Worker, T> question) => Task
        .WhenAll(workers.Select(worker => worker.Ask(() => question(worker))))
        .GetAwaiter().GetResult();

    private static void Begin(string name, Action follow) =>
        new Thread(() => follow()) { Name = name, IsBackground = true }.Start();
}
