// HISTORY: what is remembered of what happened, for whoever asks why.
//
// Two rings of fixed size for each loop, filled from its facts. The one of backends keeps the facts
// themselves, without heartbeats. The one of clients keeps 24 bytes of each: that it was given to a
// backend, pinned, unpinned, or that a command about it was refused. When a ring is full the oldest
// goes; and whoever asks is told from when on all is there.
//
// Left out: that a client came, and was dealt to the backend whose turn it was, and that it was
// forgotten. A flood of forged addresses would push everything else out with these, and they are
// known anyway: the control plane keeps with each remote why and since when it has its backend.
// Left out as well: connections, which a tap shows.
//
// To be used on the loop.

using System.Reactive;
using Balancer.Rx;

namespace Balancer.Daemon.Control;

/// <summary>The memory of one loop.</summary>
internal sealed class History : IDisposable
{
    /// <summary>So many facts about backends are remembered.</summary>
    public const int BackendFacts = 4_096;

    /// <summary>So many facts about clients are remembered.</summary>
    public const int ClientFacts = 65_536;

    private readonly Timestamped<BalancerEvent>[] _backends = new Timestamped<BalancerEvent>[
        BackendFacts];
    private readonly ClientNote[] _clients = new ClientNote[ClientFacts];
    private readonly IDisposable _following;
    private long _backendsNoted;
    private long _clientsNoted;

    /// <summary>Remembers from now on, until it is disposed.</summary>
    public History(IObservable<Timestamped<BalancerEvent>> facts) =>
        // An error of the stream is the narrator's to tell.
        _following = facts.Subscribe(Note, _ => { });

    /// <summary>What is remembered of a client, all of it, and of these backends since a time; the
    /// oldest first.</summary>
    public IReadOnlyList<Timestamped<BalancerEvent>> Of(
        ClientAddress client, ICollection<BackendId> backends, DateTimeOffset since)
    {
        var found = new List<Timestamped<BalancerEvent>>();
        for (var i = Math.Max(0, _clientsNoted - ClientFacts); i < _clientsNoted; i++)
        {
            ref readonly var note = ref _clients[i % ClientFacts];
            if (note.Client == client)
                found.Add(note.Told());
        }
        for (var i = Math.Max(0, _backendsNoted - BackendFacts); i < _backendsNoted; i++)
        {
            ref readonly var fact = ref _backends[i % BackendFacts];
            if (fact.Timestamp >= since
                && (fact.Value is BalancerEvent.NoBackends
                    || backends.Contains(BackendOf(fact.Value) ?? default)))
            {
                found.Add(fact);
            }
        }
        // A stable order: what happened at the same moment stays as it was told.
        return [.. found.OrderBy(fact => fact.Timestamp)];
    }

    /// <summary>From when on nothing was overwritten; null: nothing ever was.</summary>
    public DateTimeOffset? CompleteSince
    {
        get
        {
            DateTimeOffset? backends = _backendsNoted <= BackendFacts
                ? null
                : _backends[_backendsNoted % BackendFacts].Timestamp;
            DateTimeOffset? clients = _clientsNoted <= ClientFacts
                ? null
                : new(_clients[_clientsNoted % ClientFacts].Ticks, TimeSpan.Zero);
            return clients is null || backends > clients ? backends : clients;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _following.Dispose();

    /// <summary>Whose fact it is, if it is one about a backend that is remembered.</summary>
    internal static BackendId? BackendOf(BalancerEvent fact) =>
        FactFields.Of(fact) is
        {
            Kind: >= FactKind.BackendFound and <= FactKind.BackendReplaced,
            Backend: var backend,
        }
            ? new BackendId(backend)
            : null;

    private void Note(Timestamped<BalancerEvent> fact)
    {
        if (ClientNote.Of(fact) is { } note)
            _clients[_clientsNoted++ % ClientFacts] = note;
        else if (fact.Value is BalancerEvent.NoBackends || BackendOf(fact.Value) is not null)
            _backends[_backendsNoted++ % BackendFacts] = fact;
    }

    // 24 bytes. Of a time the whole seconds are kept; zero: for ever.
    private readonly record struct ClientNote(
        long Ticks, ClientAddress Client, BackendId Backend, uint Seconds, byte Kind, byte Reason,
        byte Command)
    {
        private const byte Assigned = 1, Pinned = 2, Unpinned = 3, Refused = 4;

        public static ClientNote? Of(Timestamped<BalancerEvent> fact)
        {
            var at = fact.Timestamp.UtcTicks;
            return fact.Value switch
            {
                BalancerEvent.RemoteAssigned { Reason: not AssignedBecause.Newcomer } e =>
                    new(at, e.Client, e.Backend, 0, Assigned, (byte)e.Reason, 0),
                BalancerEvent.RemotePinned e => new(
                    at, e.Client, e.Backend, SecondsOf(e.For), Pinned, 0, 0),
                BalancerEvent.RemoteUnpinned e =>
                    new(at, e.Client, e.Backend, 0, Unpinned, (byte)e.Reason, 0),
                BalancerEvent.CommandRefused e when e.Client != default => new(
                    at, e.Client, e.Id, 0, Refused, (byte)e.Reason, (byte)e.Command),
                _ => null,
            };
        }

        public Timestamped<BalancerEvent> Told()
        {
            BalancerEvent fact = Kind switch
            {
                Assigned => new BalancerEvent.RemoteAssigned(
                    Client, Backend, (AssignedBecause)Reason),
                Pinned => new BalancerEvent.RemotePinned(
                    Client, Backend, Seconds == 0 ? null : TimeSpan.FromSeconds(Seconds)),
                Unpinned => new BalancerEvent.RemoteUnpinned(
                    Client, Backend, (UnpinnedBecause)Reason),
                _ => new BalancerEvent.CommandRefused(
                    Backend, (CommandKind)Command, (RefusedBecause)Reason, Client),
            };
            return new(fact, new(Ticks, TimeSpan.Zero));
        }

        private static uint SecondsOf(TimeSpan? span) =>
            span is { } time ? (uint)Math.Clamp(time.TotalSeconds, 1, uint.MaxValue) : 0;
    }
}
