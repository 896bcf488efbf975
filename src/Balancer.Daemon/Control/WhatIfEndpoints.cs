using Balancer.Rx;
using Balancer.Rx.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary>
/// <c>GET /whatif?drain=ID</c>, <c>kill=ID</c> or <c>add=1</c>: who would serve whom, by the live
/// routes and without touching them. The walks over all remotes are taken in shares, each of which
/// is a short question to the loop.
/// </summary>
internal static class WhatIfEndpoints
{
    private const int NextFree = 1, Largest = 1_000_000;

    public static void Map(IEndpointRouteBuilder routes, DoorContext door) =>
        routes.MapGet("/whatif", http => WhatIf(http, door));

    private static async Task WhatIf(HttpContext http, DoorContext door)
    {
        var given = Reply.Parameters(http, "drain", "kill", "add");
        if (given.Count != 1)
            throw RefusedException.Bad("one of drain=ID, kill=ID and add=1 is needed");
        var (what, text) = given.Single();
        var names = await BackendNames.Ask(door, http.RequestAborted);
        var backend = what == "add" ? Newcomer(text, names) : names.Named(text);
        var loops = await Task.WhenAll(door.Workers.Select(worker => OfLoop(
            worker, door, Suppose(what, backend, worker, names), new(backend),
            http.RequestAborted)));
        await Reply.Json(
            http, WhatIfView.Of(what, backend, loops, names), WhatIfJson.Shown.WhatIfView);
    }

    private static int Newcomer(string text, BackendNames names)
    {
        var number = Asked.Number("add", text, NextFree, least: 1, most: Largest);
        if (number == NextFree)
            return names.All.DefaultIfEmpty(5_300).Max() + 1;
        return names.All.Contains(number)
            ? throw RefusedException.Bad($"add: there is a backend {number} already")
            : number;
    }

    // On a loop that does not know it nothing changes.
    private static Supposition? Suppose(
        string what, int backend, Worker worker, BackendNames names)
    {
        var id = names.In(worker.Share.Index, backend);
        return what switch
        {
            "add" => new Supposition.Add(new(backend), Lane: int.MaxValue),
            "drain" when id is { } drained => new Supposition.Drain(drained),
            "kill" when id is { } killed => new Supposition.Kill(killed),
            _ => null,
        };
    }

    private static async Task<LoopForecast> OfLoop(
        Worker worker, DoorContext door, Supposition? what, BackendId backend,
        CancellationToken cancellation)
    {
        var (routes, remotes) = (worker.Plane.Routes, worker.Plane.Remotes);
        var forecast = await worker.Ask(() => routes.Forecast(what), cancellation);
        while (await worker.Ask(forecast.Walk, cancellation))
            continue;
        return await worker.Ask(
            () => new LoopForecast
            {
                Loop = worker.Share.Index,
                Forecast = forecast,
                Span = worker.Scheduler.Now - (remotes.LookedAt ?? door.Since),
                WeightNow = routes.CarryingWeight,
                WeightOfBackend = routes.Policy.WeightOf(backend),
                MovesAMinute = remotes.MovesAMinute(forecast.Established),
                Owed = OwedBy(worker.Plane, what),
                Options = worker.Core,
            },
            cancellation);
    }

    private static int OwedBy(ControlPlane plane, Supposition? what)
    {
        BackendId? id = what switch
        {
            Supposition.Drain drain => drain.Id,
            Supposition.Kill kill => kill.Id,
            _ => null,
        };
        return plane.Data.Lanes.FirstOrDefault(lane => lane.Id == id)?.Owed ?? 0;
    }
}

/// <summary>What one loop foretells.</summary>
internal sealed record LoopForecast
{
    public required int Loop { get; init; }

    public required RouteTable.RouteForecast Forecast { get; init; }

    /// <summary>Over which its datagrams were counted.</summary>
    public required TimeSpan Span { get; init; }

    /// <summary>What those weigh together that carry now.</summary>
    public required int WeightNow { get; init; }

    public required int WeightOfBackend { get; init; }

    public required int MovesAMinute { get; init; }

    public required int Owed { get; init; }

    public required BalancerOptions Options { get; init; }

    /// <summary>How many must be moved, at most, until a newcomer has its part.</summary>
    public int Needed => (int)Math.Ceiling(
        (double)Forecast.Established * WeightOfBackend / (WeightNow + WeightOfBackend));
}
