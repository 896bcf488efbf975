using Balancer.Daemon.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary><c>GET /explain/ADDRESS</c>: why this client goes to this backend.</summary>
internal static class ExplainEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, DoorContext door) =>
        routes.MapGet("/explain/{address}", http => Explain(http, door));

    private static async Task Explain(HttpContext http, DoorContext door)
    {
        Reply.Parameters(http);
        var client = Asked.Address("address", $"{http.Request.RouteValues["address"]}");
        // The kernel gives each client to one loop, by its address.
        var loop = LoopShare.LoopOf(client, door.Workers.Count);
        var (worker, history) = (door.Workers[loop], door.Histories[loop]);
        var explanation = await worker.Ask(
            () => Explanation.Of(worker, history, client), http.RequestAborted);
        var names = await BackendNames.Ask(door, http.RequestAborted);
        await Reply.Json(
            http, ExplainView.Of(explanation, names), ExplainJson.Shown.ExplainView);
    }
}
