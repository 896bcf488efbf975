using System.Reactive;
using System.Reactive.Linq;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Handover;
using Balancer.Rx.Remotes;
using Balancer.Rx.Streams;
using Balancer.VirtualTimeTests.Streams;

namespace Balancer.VirtualTimeTests;

/// <summary>
/// A whole balancer in virtual time, with backends, clients and a directory that do as they are
/// told. After every step, what was received is in flight or settled, and nothing has failed.
/// </summary>
sealed class World
{
    /// <summary>When every world begins.</summary>
    public static readonly DateTimeOffset Dawn = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    readonly Dictionary<string, SimulatedBackend> _backends = [];
    readonly Dictionary<ClientEndpoint, SimulatedClient> _clients = [];
    readonly Source<DatagramBurst> _datagrams = new();
    readonly Source<BackendCommand> _commands = new();
    readonly Source<BalancerOptions> _settings = new();
    readonly List<Timestamped<BalancerEvent>> _facts = [];
    readonly List<Exception> _failures = [];
    readonly List<Reply> _unclaimed = [];
    readonly DatagramBurst _burst = new() { Listener = 3 };
    ClientAddress _local = new(0x7F000001);

    /// <summary>
    /// Options for worlds that are made by the hundred: small tables, same rules.
    /// </summary>
    public static readonly BalancerOptions Small =
        new() { RingBytes = 4_096, JournalEntries = 256 };

    public World(
        BalancerOptions? options = null, IStreamListener? listener = null,
        IStreamConnector? connector = null, Estate? prospects = null,
        DateTimeOffset? dawn = null)
    {
        Options = (options ?? BalancerOptions.Default) with
        {
            SocketDirectory = SimulatedDirectory.Path,
        };
        Scheduler.AdvanceTo((dawn ?? Dawn).Ticks);
        Directory = new(Scheduler);
        Links = new(path => Backend(path[(SimulatedDirectory.Path.Length + 1)..]), Scheduler);
        Replies = new(Deliver);
        var ports = new Ports(
            Directory, Links, _datagrams, Replies,
            listener ?? new NoListener(), connector ?? new NoConnector(), _commands)
        {
            Settings = _settings,
        };
        Control = new(ports, Options.Checked(), _failures.Add, Scheduler, prospects);
        Control.Facts.Subscribe(_facts.Add);
        Control.Start();
    }

    /// <summary>The original's timers and policies.</summary>
    public static World Compat() => new(BalancerOptions.Compat);

    public BalancerOptions Options { get; }

    public IdleScheduler Scheduler { get; } = new();

    public SimulatedDirectory Directory { get; }

    public SimulatedLinks Links { get; }

    public SimulatedReplies Replies { get; }

    public ControlPlane Control { get; }

    public Outcomes Outcomes => Control.Data.Outcomes;

    public IReadOnlyList<Timestamped<BalancerEvent>> Facts => _facts;

    /// <summary>Is told of every answer that leaves.</summary>
    public Action<Reply> Sees { get; set; } = _ => { };

    /// <summary>Answers for endpoints that no client of ours has.</summary>
    public IReadOnlyList<Reply> Unclaimed => _unclaimed;

    /// <summary>How much time has passed since dawn.</summary>
    public TimeSpan Now => Scheduler.Now - Dawn;

    public bool IsListening => _datagrams.IsListenedTo;

    /// <summary>The bursts from now on are not the last ones of their turn.</summary>
    public bool MoreFollow { get; set; }

    public SimulatedBackend Backend(int id) => Backend($"{id}");

    public SimulatedBackend Backend(string name)
    {
        if (!_backends.TryGetValue(name, out var backend))
            _backends[name] = backend = new(Directory, Scheduler, name);
        return backend;
    }

    /// <summary>These backends appear, and are given a moment to say hello.</summary>
    public World With(params int[] ids)
    {
        foreach (var id in ids)
            Backend(id).Appears();
        Run(50.Milliseconds());
        Assert.All(ids, id => Assert.IsType<Session.Live>(Session(id)));
        return this;
    }

    public SimulatedClient Client(string address, ushort port = 4000) =>
        Client(ClientAddress.Parse(address), port);

    public SimulatedClient Client(ClientAddress address, ushort port = 4000)
    {
        var endpoint = new ClientEndpoint(address, port);
        if (!_clients.TryGetValue(endpoint, out var client))
            _clients[endpoint] = client = new(this, endpoint);
        return client;
    }

    /// <summary>So many clients, from 10.0.0.1 on.</summary>
    public SimulatedClient[] Clients(int count) =>
    [
        .. Enumerable.Range(1, count)
            .Select(i => Client(new ClientAddress(0x0A000000u + (uint)i))),
    ];

    /// <summary>Where the session of this backend stands; null: it is not known.</summary>
    public Session? Session(int id) =>
        Control.Sessions.Lookup(new(id)) is { HasValue: true } found ? found.Value.State : null;

    public Remote? Remote(SimulatedClient client) => Control.Remotes.Find(client.Endpoint.Address);

    /// <summary>Facts of one kind, with their time since dawn.</summary>
    public IEnumerable<(TimeSpan At, T Fact)> FactsOf<T>()
        where T : BalancerEvent =>
        from fact in _facts
        where fact.Value is T
        select (fact.Timestamp - Dawn, (T)fact.Value);

    /// <summary>The last fact of this kind.</summary>
    public T Last<T>()
        where T : BalancerEvent => FactsOf<T>().Last().Fact;

    /// <summary>One burst with these datagrams.</summary>
    public void Receives(params ReadOnlySpan<(ClientEndpoint From, byte[] Payload)> datagrams)
    {
        _burst.Count = datagrams.Length;
        _burst.MoreFollow = MoreFollow;
        for (var i = 0; i < datagrams.Length; i++)
        {
            var (from, payload) = datagrams[i];
            _burst.Datagrams[i] = new()
            {
                Client = from.Address,
                Port = from.Port,
                Local = _local,
                Length = payload.Length,
            };
            var kept = Math.Min(payload.Length, DatagramBurst.Stride);
            payload.AsSpan(0, kept).CopyTo(_burst.Buffer.AsSpan(i * DatagramBurst.Stride));
        }
        _datagrams.Say(_burst);
        // The buffer is the listener's again: nobody may look at it any more.
        _burst.Buffer.AsSpan(0, datagrams.Length * DatagramBurst.Stride).Fill(0xEE);
        Check();
    }

    /// <summary>One datagram, that came to this address of ours.</summary>
    public void ReceivesAt(ClientAddress local, ClientEndpoint from, byte[] payload)
    {
        _local = local;
        Receives((from, payload));
        _local = new(0x7F000001);
    }

    /// <summary>Other options are in force from now on.</summary>
    public void Settles(Func<BalancerOptions, BalancerOptions> change)
    {
        _settings.Say(change(Options).Checked());
        Check();
    }

    /// <summary>An operator says this.</summary>
    public void Commands(BackendCommand command)
    {
        _commands.Say(command);
        Check();
    }

    /// <summary>A query of each of these clients, in bursts as full as they can be.</summary>
    public void AllAsk(IEnumerable<SimulatedClient> clients)
    {
        foreach (var some in clients.Chunk(DatagramBurst.Capacity))
            Receives([.. some.Select(client => (client.Endpoint, client.Question()))]);
    }

    /// <summary>All of them ask, wait a moment, and tell who answered each.</summary>
    public int[] ServersOf(SimulatedClient[] clients)
    {
        var before = clients.Sum(client => client.Answers.Count);
        AllAsk(clients);
        Settle();
        Assert.Equal(before + clients.Length, clients.Sum(client => client.Answers.Count));
        return [.. clients.Select(client => client.LastServer)];
    }

    /// <summary>What is due now happens, and what follows from it; a millisecond passes.</summary>
    public void Settle() => Run(1.Milliseconds());

    public void Run(TimeSpan span)
    {
        Scheduler.AdvanceBy(span.Ticks);
        Check();
    }

    /// <summary>The balancer is disposed, and nothing is left of it.</summary>
    public void IsOver()
    {
        Control.Dispose();
        Settle();
        Assert.True(Scheduler.IsIdle, "work is still scheduled");
        Assert.Equal(0, Links.Open);
        Assert.False(Directory.IsListenedTo, "somebody still listens to the directory");
        Assert.False(IsListening, "somebody still listens to the datagrams");
        Assert.Empty(Control.Data.Lanes);
        Assert.Equal(0, Control.Data.InFlight);
        Assert.All(_backends.Values.SelectMany(b => b.Links), link => Assert.False(link.IsOpen));
    }

    /// <summary>
    /// Each received datagram is in flight or has one outcome; no stream has failed.
    /// </summary>
    void Check()
    {
        Must.Hold(_failures.Count == 0, "no stream fails");
        Must.Hold(
            Outcomes.Received == Control.Data.InFlight + Outcomes.Settled,
            "what was received is in flight or settled, once");
    }

    void Deliver(Reply reply)
    {
        Sees(reply);
        if (_clients.TryGetValue(reply.To, out var client))
            client.Gets(reply);
        else
            _unclaimed.Add(reply);
    }

    sealed class NoListener : IStreamListener
    {
        public IObservable<AcceptedStream> Accepted => Observable.Never<AcceptedStream>();
    }

    sealed class NoConnector : IStreamConnector
    {
        public IByteStream Connect(string path) => throw new NotSupportedException(path);
    }
}
