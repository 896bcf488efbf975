// THE WORLD OF THE FUZZER: the whole core between two backends and sixteen clients.
//
// The core is composed as the daemon composes it; its ports are here, time is virtual. What the
// first backend says, what clients send and how much a socket takes is the target's; the second
// backend behaves, and whatever the first one does must not cost it its session. A backend that
// lost its session greets again; each eighth time it says before its hello what it said last.
//
// Tables are small, so that they are full now and then, and do not grow once this is made.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;
using Balancer.Rx.Streams;

namespace Balancer.Fuzz.World;

/// <summary>A balancer with two live backends and known clients.</summary>
internal sealed class FuzzWorld : IDirectory, IBackendLinks, IReplies, IStreamListener,
    IStreamConnector, IDisposable
{
    /// <summary>So many clients are known from the start, from <see cref="FirstClient"/> on.
    /// </summary>
    public const int Clients = 16;

    /// <summary>10.0.0.1.</summary>
    public const uint FirstClient = 0x0A000001;

    /// <summary>Where all bursts come in.</summary>
    public const byte Listener = 3;

    /// <summary>The address of ours that all clients ask.</summary>
    public static readonly ClientAddress Local = new(0x7F000035);

    /// <summary>The rules by default, with small tables.</summary>
    public static readonly BalancerOptions Strict = Small(BalancerOptions.Default);

    /// <summary>The original's rules, with small tables.</summary>
    public static readonly BalancerOptions Compat = Small(BalancerOptions.Compat);

    private const int Backends = 2, FirstBackend = 5301, SpokenBefore = 8, Warm = 4;
    private static readonly DateTimeOffset Dawn = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Hello = [0xE9, 3, 0, 0], Heartbeat = [0xEC, 3, 0, 0];

    private readonly HistoricalScheduler _scheduler = new(Dawn);
    private readonly Subject<DatagramBurst> _datagrams = new();
    private readonly Subject<Unit> _hints = new();
    private readonly FuzzLink[] _links;
    private readonly ITarget _target;
    private readonly IJudge _judge;
    private int _waiting;
    private int _refused;
    private int _greetings;

    /// <summary>A world that is judged by the target it is made for.</summary>
    public FuzzWorld(BalancerOptions options, ITarget target, IJudge judge)
    {
        (_target, _judge) = (target, judge);
        _links = [.. Enumerable.Range(0, Backends).Select(place => new FuzzLink(this, place))];
        var ports = new Ports(
            this, this, _datagrams, this, this, this, Observable.Never<BackendCommand>());
        Control = new(ports, options.Checked(), Failed, _scheduler);
        Control.Start();
        Recover();
        for (var i = 0; i < DatagramBurst.Capacity; i++)
        {
            Burst.Datagrams[i].Client = new(FirstClient + (uint)(i % Clients));
            Burst.Datagrams[i].Port = 1;
            Burst.Datagrams[i].Length = 12;
        }
        // What is made at first use is made now: lists grow, remotes are admitted.
        Burst.Count = DatagramBurst.Capacity;
        for (var i = 0; i < Warm; i++)
            Receive();
        Pass(TimeSpan.FromSeconds(30));
    }

    /// <summary>What is tried.</summary>
    public ControlPlane Control { get; }

    /// <summary>What clients send; to be filled, and then received.</summary>
    public DatagramBurst Burst { get; } = new() { Listener = Listener };

    /// <summary>Out of so many answers the kernel refuses one; 0: none.</summary>
    public int RefusesOneIn { get; set; }

    /// <summary>The connection to a backend.</summary>
    public FuzzLink Link(int backend) => _links[backend];

    /// <summary>
    /// Which attempt a backend's session is at; null while there is no connection.
    /// </summary>
    public int? Attempt(int backend) => Session(backend)?.Attempt;

    /// <summary>Where a backend's session stands; what only answers leaves it as it is.</summary>
    public Session? Session(int backend) =>
        Control.Sessions.Lookup(new(FirstBackend + backend)) is { HasValue: true } found
            ? found.Value.State : null;

    /// <summary>The burst comes in.</summary>
    public void Receive() => _datagrams.OnNext(Burst);

    /// <summary>Time passes, and what is due happens.</summary>
    public void Pass(TimeSpan time) => _scheduler.AdvanceBy(time);

    /// <summary>Lets time pass until both backends are live.</summary>
    public void Recover()
    {
        for (var tries = 0; !BothCarry; tries++)
        {
            Finding.Unless(tries < 2_000, "a backend does not become live within 100 s");
            Pass(TimeSpan.FromMilliseconds(50));
        }
    }

    /// <summary>Each datagram that was received is in flight or has ended, once.</summary>
    public void Check()
    {
        var outcomes = Control.Data.Outcomes;
        var (inFlight, settled) = (Control.Data.InFlight, outcomes.Settled);
        if (outcomes.Received != inFlight + settled)
        {
            throw new Finding(
                $"{outcomes.Received} were received, {inFlight} are in flight, {settled} settled");
        }
    }

    /// <summary>A backend has been sent a frame.</summary>
    public void Hear(int backend, in Frame frame)
    {
        if (frame.Type == FrameType.InboundUdp)
            _judge.Asked(backend, frame);
        else
            ReplySoon(backend, frame.Type);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Control.Dispose();
        _datagrams.Dispose();
        _hints.Dispose();
    }

    private bool BothCarry => Control.Routes.Carrying == Backends
        && Session(0) is Session.Live && Session(1) is Session.Live;

    // Apart, since a method with a closure allocates at every call.
    private void ReplySoon(int backend, FrameType said) =>
        _scheduler.Schedule(() => Reply(backend, said));

    private void Reply(int backend, FrameType said)
    {
        Finding.Unless(
            said is FrameType.ClientHello or FrameType.ClientHeartbeat,
            "a backend was sent what is not for it");
        if (said == FrameType.ClientHeartbeat)
        {
            _links[backend].Say(Heartbeat);
            return;
        }
        if (backend == 0 && ++_greetings % SpokenBefore == 0)
            _links[backend].Say(_target.Input);
        _links[backend].Say(Hello);
    }

    private static BalancerOptions Small(BalancerOptions options) => options with
    {
        SocketDirectory = "/sockets",
        HeartbeatEvery = TimeSpan.FromSeconds(10),
        ListEvery = TimeSpan.FromDays(1),
        BackOffCeiling = TimeSpan.FromMilliseconds(1),
        BackOffJitter = 0,
        SuspectAfter = TimeSpan.Zero,
        HoldDown = TimeSpan.Zero,
        SlowStart = TimeSpan.Zero,
        RingBytes = 16 * 1024,
        JournalEntries = 1_024,
        MaxRemotes = 256,
    };

    private static void Failed(Exception why) => throw new Finding($"a stream has failed: {why}");

    IObservable<Unit> IDirectory.Hints => _hints;

    DirectoryListing IDirectory.List() => new DirectoryListing.Entries(
    [
        .. _links.Select((_, place) =>
            new DirectoryEntry($"{FirstBackend + place}", IsSocket: true, Incarnation: 1)),
    ]);

    IObservable<LinkEvent> IBackendLinks.Open(string path) =>
        Observable.Create<LinkEvent>(observer =>
        {
            var link = _links[path[^1] - '1'];
            return StableCompositeDisposable.Create(
                _scheduler.Schedule(() => link.Open(observer)), Disposable.Create(link.Close));
        });

    void IReplies.Add(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload)
    {
        _judge.Answered(listener, to, from, payload);
        _waiting++;
    }

    ReplyTally IReplies.Flush()
    {
        var failed = 0;
        for (var i = 0; i < _waiting && RefusesOneIn > 0; i++)
        {
            if (++_refused % RefusesOneIn == 0)
                failed++;
        }
        var tally = new ReplyTally(_waiting - failed, failed);
        _waiting = 0;
        return tally;
    }

    IObservable<AcceptedStream> IStreamListener.Accepted => Observable.Never<AcceptedStream>();

    IByteStream IStreamConnector.Connect(string path) => throw new NotSupportedException(path);
}
