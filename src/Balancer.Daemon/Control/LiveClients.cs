using Balancer.Daemon.Narration;
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
    private TimeSpan _walkedAt = TimeSpan.MinValue;
    private TimeSpan _nextAt;

    /// <summary>Whom the backends serve, the busiest first.</summary>
    /// <param name="loops">The loops' status: each has numbers of its own for the backends, of
    /// which those of the first are told.</param>
    public async Task<IReadOnlyList<ClientView>> Now(IList<DaemonStatus> loops)
    {
        if (door.Uptime < _nextAt)
            return _last;
        var began = door.Uptime;
        var found = await Task.WhenAll(door.Workers.Select(Walk));
        var ended = door.Uptime;
        var told = StatusOfAll.Together(loops, busiest: 0).Backends
            .ToDictionary(backend => backend.Path, backend => backend.Id.Value);
        var seconds = _walkedAt > ended - Stale ? (ended - _walkedAt).TotalSeconds : 0;
        _last =
        [
            .. found.Zip(loops, (remotes, loop) => remotes.Select(remote => View(remote, loop)))
                .SelectMany(remotes => remotes)
                .OrderByDescending(client => client.Rate)
                .ThenByDescending(client => client.Queries)
                .Take(Most),
        ];
        _counts = found.SelectMany(remotes => remotes)
            .ToDictionary(remote => remote.Traffic.Address, remote => remote.Traffic.Udp);
        _walkedAt = ended;
        _nextAt = ended + RestsPerWalk * (ended - began);
        return _last;

        ClientView View(ListedRemote remote, DaemonStatus loop)
        {
            var (address, count) = (remote.Traffic.Address, remote.Traffic.Udp);
            var more = Math.Max(0, count - _counts.GetValueOrDefault(address, count));
            return new(
                $"{address}", Told(remote.Traffic.Primary) ?? 0,
                remote.ServedBy is { } by ? Told(by) : null, count,
                seconds > 0 ? more / seconds : 0);

            int? Told(BackendId id) =>
                loop.Backends.FirstOrDefault(backend => backend.Id == id) is { } backend
                    ? told[backend.Path]
                    : null;
        }
    }

    private static async Task<IReadOnlyList<ListedRemote>> Walk(Worker worker)
    {
        var walk = await worker.Ask(() => worker.Plane.Routes.List(Listed, of: null));
        while (await worker.Ask(walk.Walk))
        {
            // Others have their turn between two shares.
        }
        return walk.Found;
    }
}
