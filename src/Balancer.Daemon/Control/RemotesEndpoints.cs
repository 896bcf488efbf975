using System.Text.Json.Serialization;
using Balancer.Rx;
using Balancer.Rx.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary>
/// <c>GET /remotes?limit=&amp;backend=</c>: who asks, the busiest first (datagrams received, then
/// the lower address), since that is who is looked for; a list by address would need all of them.
/// With a backend: those that are its own, and those that it serves now.
/// </summary>
internal static class RemotesEndpoints
{
    private const int Usual = 100, Most = 10_000;

    public static void Map(IEndpointRouteBuilder routes, DoorContext door) =>
        routes.MapGet("/remotes", http => Remotes(http, door));

    private static async Task Remotes(HttpContext http, DoorContext door)
    {
        var given = Reply.Parameters(http, "limit", "backend");
        var limit = Asked.Number("limit", given.GetValueOrDefault("limit"), Usual, 1, Most);
        var names = await BackendNames.Ask(door, http.RequestAborted);
        int? backend = given.TryGetValue("backend", out var text) ? names.Named(text) : null;
        var loops = await Task.WhenAll(door.Workers.Select(
            worker => OfLoop(worker, limit, backend, names, http.RequestAborted)));
        RemoteView[] remotes =
        [
            .. loops.SelectMany(loop => loop.Remotes)
                .OrderByDescending(remote => remote.View.Udp)
                .ThenBy(remote => remote.Address)
                .Take(limit)
                .Select(remote => remote.View),
        ];
        await Reply.Json(
            http, new(loops.Sum(loop => loop.Known), limit, remotes),
            RemotesJson.Shown.RemotesView);
    }

    private static async Task<(int Known, List<(ClientAddress Address, RemoteView View)> Remotes)>
        OfLoop(
            Worker worker, int limit, int? backend, BackendNames names,
            CancellationToken cancellation)
    {
        var loop = worker.Share.Index;
        BackendId? of = backend is { } told ? names.In(loop, told) ?? default : null;
        var routes = worker.Plane.Routes;
        var listing = await worker.Ask(() => routes.List(limit, of), cancellation);
        while (await worker.Ask(listing.Walk, cancellation))
            continue;
        var (known, pinned) = await worker.Ask(
            () => (routes.Count, worker.Plane.Remotes.Pinned.All
                .Select(pin => pin.Key).ToHashSet()),
            cancellation);
        return (known,
        [
            .. listing.Found.Select(found => (
                found.Traffic.Address,
                RemoteView.Of(
                    found, loop, names, pinned.Contains(found.Traffic.Address)))),
        ]);
    }
}

/// <summary>Some of those who are known.</summary>
/// <param name="Known">How many are known in all.</param>
/// <param name="Limit">How many are shown at most.</param>
/// <param name="Remotes">They.</param>
internal sealed record RemotesView(int Known, int Limit, IReadOnlyList<RemoteView> Remotes);

/// <summary>One of them.</summary>
internal sealed record RemoteView(
    string Address, int Loop, int Primary, int? ServedBy, string Standing, bool Pinned,
    long Udp, long UdpDropped, long Tcp, long TcpDropped, DateTimeOffset FirstSeen,
    DateTimeOffset LastSeen)
{
    public static RemoteView Of(
        in ListedRemote remote, int loop, BackendNames names, bool pinned)
    {
        var traffic = remote.Traffic;
        return new(
            $"{traffic.Address}", loop, names.Told(loop, traffic.Primary),
            remote.ServedBy is { } served ? names.Told(loop, served) : null,
            remote.IsEstablished ? "established" : "on-probation", pinned,
            traffic.Udp, traffic.UdpDropped, traffic.Tcp, traffic.TcpDropped,
            traffic.FirstSeen, traffic.LastSeen);
    }
}

[JsonSerializable(typeof(RemotesView))]
internal sealed partial class RemotesJson : JsonSerializerContext
{
    public static RemotesJson Shown { get; } = new(Readable.Options(indented: true));
}
