using Balancer.Daemon.Handover;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary>The order to be replaced by another program: answered when that serves.</summary>
internal static class UpgradeEndpoints
{
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(30);

    public static void Map(IEndpointRouteBuilder routes, DoorContext door) =>
        routes.MapPost("/upgrade", http => Upgrade(http, door));

    private static async Task Upgrade(HttpContext http, DoorContext door)
    {
        var given = Reply.Parameters(http, "binary", "patience");
        var patience = given.TryGetValue("patience", out var lasting)
            ? Asked.Time("patience", lasting, "1s", "60s")
            : UsualPatience;
        var program = given.GetValueOrDefault("binary");
        if (program is not null && !Path.IsPathFullyQualified(program))
            throw RefusedException.Bad(
                $"binary: \"{Reply.Shown(program)}\" is not a path from the root");
        if (door.Upgrade is not { } upgrade)
            throw new RefusedException(
                StatusCodes.Status409Conflict, "this one cannot be upgraded");
        string text;
        try
        {
            text = await upgrade.To(program, patience);
        }
        catch (HandoverException e)
        {
            throw new RefusedException(StatusCodes.Status409Conflict, $"not upgraded: {e.Message}");
        }
        try
        {
            await Reply.Json(http, new(Done: true, text), OrderJson.Shown.DoneView);
            await http.Response.CompleteAsync();
        }
        finally
        {
            // It closes this door, and waits for us.
            _ = Task.Run(upgrade.Finish);
        }
    }
}
