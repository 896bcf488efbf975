using Balancer.Rx;
using Balancer.Rx.Routing;

namespace Balancer.Daemon.Control;

/// <summary>
/// The busiest clients, for <see cref="LiveFeed"/>, which asks for one answer at a time. The loops
/// are walked in shares, and only so often that they have most of their time for themselves.
/// </summary>
internal sealed class LiveClients(DoorContext door)
{
    /// <summary>So many are told.</summary>
    public const int Most = 24;

    // The walk finds those who have asked most so far; of more of them we choose who asks most now.
    private const int Listed = 4 * Most;

    // A walk over a million remotes takes some tenths of a second; it is followed by a long rest.
    private const int RestsPerWalk = 20;

    // Too long ago for a rate that says something about now.
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(90);

    private IReadOnlyList<ClientView> _last = [];
    private Dictionary<ClientAddress, long> _counts = [];
    private TimeSpan? _walkedAt;
    private TimeSpan _nextAt;

    /// <summary>Who they are, the busiest first; those of the last walk while we rest.</summary>
    public async Task<IReadOnlyList<ClientView>> Now()
    {
        if (door.Uptime < _nextAt)
            return _last;
        var began = door.Uptime;
        var names = await BackendNames.Ask(door, default);
        var loops = await Task.WhenAll(door.Workers.Select(Walk));
        var ended = door.Uptime;
        var passed = ended - _walkedAt;
        var seconds = passed < Stale ? passed.Value.TotalSeconds : 0;
        _last =
        [
            .. loops.SelectMany((remotes, loop) => remotes.Select(remote => View(remote, loop)))
                .OrderByDescending(client => client.Rate)
                .ThenByDescending(client => client.Queries)
                .Take(Most),
        ];
        // The kernel gives a client to one loop.
        _counts = loops.SelectMany(remotes => remotes)
            .DistinctBy(remote => remote.Traffic.Address)
            .ToDictionary(remote => remote.Traffic.Address, remote => remote.Traffic.Udp);
        (_walkedAt, _nextAt) = (ended, ended + RestsPerWalk * (ended - began));
        return _last;

        ClientView View(ListedRemote remote, int loop)
        {
            var (address, count) = (remote.Traffic.Address, remote.Traffic.Udp);
            var more = Math.Max(0, count - _counts.GetValueOrDefault(address, count));
            return new(
                $"{address}", names.Told(loop, remote.Traffic.Primary),
                remote.ServedBy is { } served ? names.Told(loop, served) : null, count,
                seconds > 0 ? more / seconds : 0);
        }
    }

    private static async Task<IReadOnlyList<ListedRemote>> Walk(Worker worker)
    {
        var walk = await worker.Ask(() => worker.Plane.Routes.List(Listed, of: null));
        while (await worker.Ask(walk.Walk))
            continue;
        return walk.Found;
    }
}
