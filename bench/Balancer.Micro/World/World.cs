// THE WORLD OF THE MICRO-BENCHMARKS: the whole core, and nothing around it that costs.
//
// The core is composed as the daemon composes it. Its directory, links, bursts and way out are
// here: they take everything and count. Time is virtual and stands still unless told to pass. No
// kernel, no clock, no lot: what is measured is the core's own work, and a run repeats itself
// instruction by instruction.
//
// Clients ask in turn, burst after burst, and begin again when all have asked. What the backends
// say to a burst is prepared when it is asked first, and said again whenever it is asked again; so
// the world's own share is small, but it is in every figure.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using System.Runtime.CompilerServices;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Streams;

namespace Balancer.Micro;

/// <summary>A balancer with live backends and known clients.</summary>
internal sealed class World : IDirectory, IBackendLinks, IStreamListener, IStreamConnector,
    IDisposable
{
    private const int FirstBackend = 5301;
    private const uint FirstClient = 0x0A000000;
    private static readonly DateTimeOffset Dawn = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Nothing but the sweeps happens by itself within a day.
    private static readonly BalancerOptions Calm = BalancerOptions.Default with
    {
        SocketDirectory = "/sockets",
        HeartbeatEvery = TimeSpan.FromDays(1),
        HeartbeatPatience = TimeSpan.FromDays(2),
        ListEvery = TimeSpan.FromDays(1),
        MaxRemotes = 1 << 20,
        RebalanceBudget = 1,
    };

    private readonly HistoricalScheduler _scheduler = new(Dawn);
    private readonly Subject<DatagramBurst> _datagrams = new();
    private readonly Subject<Unit> _hints = new();
    private readonly List<DirectoryEntry> _sockets = [];
    private readonly List<Link> _links = [];
    private readonly DatagramBurst _burst = new() { Count = DatagramBurst.Capacity };
    private readonly uint _clients;
    private readonly int _bursts;
    private uint _strangers;
    private int _at = -1;

    /// <summary>So many live backends; so many clients, all of them known.</summary>
    public World(int backends, int clients)
    {
        _clients = (uint)clients;
        _bursts = Math.Max(1, clients / DatagramBurst.Capacity);
        for (var i = 0; i < DatagramBurst.Capacity; i++)
        {
            var question = Question.Of(i);
            question.CopyTo(_burst.Buffer, i * DatagramBurst.Stride);
            _burst.Datagrams[i] = new() { Port = 40_053, Length = question.Length };
        }
        var ports = new Ports(
            this, this, _datagrams, Replies, this, this, Observable.Never<BackendCommand>());
        Control = new(ports, Calm.Checked(), Failed, _scheduler);
        Control.Start();
        for (var i = 0; i < backends; i++)
            Join();
        while (_strangers < _clients)
            Admit();
    }

    /// <summary>What is measured.</summary>
    public ControlPlane Control { get; }

    /// <summary>Where the answers go.</summary>
    public Replies Replies { get; } = new();

    /// <summary>How many remotes the backend has that joined last.</summary>
    public int RemotesOfLast => Control.Routes.RemotesOf(new(int.Parse(_sockets[^1].Name, null)));

    /// <summary>A backend joins, and is live on return.</summary>
    public void Join()
    {
        var name = $"{FirstBackend + _sockets.Count}";
        _sockets.Add(new(name, IsSocket: true, Incarnation: _sockets.Count));
        _hints.OnNext(Unit.Default);
        Pass(TimeSpan.FromMilliseconds(100));
        Demand(Control.Routes.Carrying == _sockets.Count, "a backend that joins is live");
    }

    /// <summary>Time passes, and what is due happens.</summary>
    public void Pass(TimeSpan time) => _scheduler.AdvanceBy(time);

    /// <summary>A full burst of clients never seen before is admitted.</summary>
    public void Admit()
    {
        Span<ClientAddress> clients = stackalloc ClientAddress[DatagramBurst.Capacity];
        foreach (ref var client in clients)
            client = new(FirstClient + _strangers++);
        Control.Remotes.Admit(clients);
    }

    /// <summary>The next clients ask: one full burst comes, and goes to the backends.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AskBurst()
    {
        _at = (_at + 1) % _bursts;
        var next = (uint)(_at * DatagramBurst.Capacity);
        foreach (ref var datagram in _burst.Datagrams.AsSpan())
            datagram.Client = new(FirstClient + next++ % _clients);
        foreach (var link in _links)
            link.Burst = _at;
        _datagrams.OnNext(_burst);
    }

    /// <summary>Every client asks once, and is answered.</summary>
    public void AskAll()
    {
        for (var i = 0; i < _bursts; i++)
        {
            AskBurst();
            AnswerBurst();
        }
    }

    /// <summary>Every backend answers what it was asked last, in one read each.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void AnswerBurst()
    {
        foreach (var link in _links)
            link.Answer();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Control.Dispose();
        _datagrams.Dispose();
        _hints.Dispose();
    }

    /// <summary>A benchmark that does not do what it says is worth less than none.</summary>
    public static void Demand(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException($"the run did not go as meant: {what}");
    }

    private static void Failed(Exception why) =>
        throw new InvalidOperationException("a stream of the core has failed", why);

    IObservable<Unit> IDirectory.Hints => _hints;

    DirectoryListing IDirectory.List() => new DirectoryListing.Entries([.. _sockets]);

    IObservable<LinkEvent> IBackendLinks.Open(string path) =>
        Observable.Create<LinkEvent>(observer =>
        {
            var link = new Link(observer, _scheduler, _bursts);
            _links.Add(link);
            return Disposable.Create(() => _links.Remove(link));
        });

    IObservable<AcceptedStream> IStreamListener.Accepted => Observable.Never<AcceptedStream>();

    IByteStream IStreamConnector.Connect(string path) => throw new NotSupportedException(path);
}
