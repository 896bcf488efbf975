using Balancer.Rx.Handover;
using DynamicData;

namespace Balancer.Rx.Remotes;

/// <summary>What a <see cref="RemoteRegistry"/> knows: enough to go on from there.</summary>
/// <param name="Remotes">Who is remembered, in no order.</param>
/// <param name="Probation">Who may have to give way, those who wait longest first.</param>
/// <param name="Turn">The backend dealt last, and the round.</param>
/// <param name="Moves">Who was moved lately, and when.</param>
/// <param name="Pins">Who is pinned, since when, and until when (null: for ever).</param>
/// <param name="IsFull">Whether the table was full when it was last looked at.</param>
/// <param name="FullTold">When that was told last.</param>
/// <param name="Second">The second in which somebody last had to give way.</param>
/// <param name="DisplacedInSecond">How many did in it.</param>
/// <param name="DisplacedTold">How many that have done so have been told of.</param>
/// <param name="Displaced">How many have done so.</param>
internal sealed record RemotesMemory(
    IReadOnlyList<Remote> Remotes,
    IReadOnlyList<ClientAddress> Probation,
    Turn Turn,
    IReadOnlyList<(ClientAddress Client, DateTimeOffset At)> Moves,
    IReadOnlyList<PinMemory> Pins,
    bool IsFull,
    DateTimeOffset FullTold,
    long Second,
    int DisplacedInSecond,
    long DisplacedTold,
    long Displaced);

/// <summary>That a client shall stay with a backend.</summary>
internal readonly record struct PinMemory(
    ClientAddress Client, BackendId Backend, DateTimeOffset Since, DateTimeOffset? Until);

// What it knows, there and back.
public sealed partial class RemoteRegistry
{
    /// <summary>Enough to go on from here: copies.</summary>
    internal RemotesMemory Memory => MemoryOf([.. _cache.Items]);

    /// <summary>The same, with these remotes only.</summary>
    internal RemotesMemory MemoryOf(IReadOnlyList<Remote> remotes) => new(
        remotes, _probation.InOrder(), _turn, _recent.InOrder(),
        [.. _pins.All.Select(pin => new PinMemory(
            pin.Key, pin.Value.Backend, pin.Value.Since, pin.Value.Until))],
        _full, _fullTold, _second, _displacedInSecond, _displacedTold, Displaced);

    /// <summary>Those of some clients, who must be known.</summary>
    internal RemotesMemory MemoryOfClients(IEnumerable<ClientAddress> clients) =>
        MemoryOf([.. clients.Select(client => _cache.Lookup(client).Value)]);

    /// <summary>Takes this over on top of what it has; no more remotes than it may have.</summary>
    internal void Inherit(Estate estate)
    {
        _probation.Clear();
        _recent.Clear();
        _pins.Clear();
        _cache.Edit(remotes =>
        {
            foreach (var client in estate.Gone)
                remotes.RemoveKey(client);
        });
        var remotes = estate.Remotes.Remotes.Zip(
            estate.Histories, (remote, history) => remote with { Stamp = history.Stamp });
        Recall(estate.Remotes with { Remotes = [.. WithRoom(remotes)] });
        RestorePins();
    }

    private IEnumerable<Remote> WithRoom(IEnumerable<Remote> remotes)
    {
        var room = _options.MaxRemotes - _cache.Count;
        return remotes.Where(remote => Find(remote.Address) is not null || room-- > 0);
    }

    private void Recall(RemotesMemory memory)
    {
        _cache.Edit(remotes =>
        {
            foreach (var remote in memory.Remotes)
                remotes.AddOrUpdate(remote);
        });
        foreach (var client in memory.Probation)
            _probation.Add(client);
        foreach (var (client, at) in memory.Moves)
            _recent.Note(client, at);
        foreach (var (client, backend, since, until) in memory.Pins)
            _pins.Set(client, backend, since, until, EndPin);
        (_turn, _full, _fullTold) = (memory.Turn, memory.IsFull, memory.FullTold);
        (_second, _displacedInSecond) = (memory.Second, memory.DisplacedInSecond);
        (_displacedTold, Displaced) = (memory.DisplacedTold, memory.Displaced);
    }
}
