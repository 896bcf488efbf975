using Balancer.Daemon.Narration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary>The numbers, for Prometheus.</summary>
internal static class MetricsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, DoorContext door) =>
        routes.MapGet("/metrics", http => Metrics(http, door));

    private static async Task Metrics(HttpContext http, DoorContext door)
    {
        var loops = await door.Standing(http.RequestAborted);
        var status = StatusOfAll.Together(loops, busiest: 0);
        await Reply.Text(http, Exposition.Of(status), Exposition.ContentType);
    }
}
