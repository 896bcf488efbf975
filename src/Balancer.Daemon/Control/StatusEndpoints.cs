using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary>How things stand, for programs.</summary>
internal static class StatusEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, DoorContext door) =>
        routes.MapGet("/status", http => Status(http, door));

    private static async Task Status(HttpContext http, DoorContext door)
    {
        Reply.Parameters(http);
        var loops = await door.Standing(http.RequestAborted);
        await Reply.Json(http, StatusView.Of(door, loops), StatusJson.Default.StatusView);
    }
}
