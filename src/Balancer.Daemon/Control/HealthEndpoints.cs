using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary>
/// For supervisors and routers: alive, when every loop answers; ready, when each has a backend that
/// takes queries, and nobody has said stop. 503 and the reason otherwise.
/// </summary>
internal static class HealthEndpoints
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes, DoorContext door)
    {
        routes.MapGet("/healthz", http => Answer(http, "alive", WhyNotAlive(door, http)));
        routes.MapGet("/readyz", http => Answer(http, "ready", WhyNotReady(door, http)));
    }

    private static async Task Answer(HttpContext http, string word, Task<string?> whyNot)
    {
        if (await whyNot is { } reason)
            await Reply.Refusal(http, StatusCodes.Status503ServiceUnavailable, reason);
        else
            await Reply.Text(http, $"{word}\n");
    }

    private static async Task<string?> WhyNotAlive(DoorContext door, HttpContext http) =>
        (await Carrying(door, http)).Any(carrying => carrying is null)
            ? $"a loop has not answered for {Patience.TotalSeconds:0} s"
            : null;

    private static async Task<string?> WhyNotReady(DoorContext door, HttpContext http)
    {
        if (door.IsStopping)
            return "stopping";
        var carrying = await Carrying(door, http);
        return carrying.Any(count => count is null) ? "a loop does not answer"
            : carrying.Any(count => count is 0) ? "no backend takes queries"
            : null;
    }

    // How many backends can carry, by loop; null where a loop does not say.
    private static Task<int?[]> Carrying(DoorContext door, HttpContext http) =>
        Task.WhenAll(door.Workers.Select(async worker =>
        {
            try
            {
                return (int?)await worker
                    .Ask(() => worker.Plane.Routes.Carrying, http.RequestAborted)
                    .WaitAsync(Patience, http.RequestAborted);
            }
            catch (TimeoutException)
            {
                // This is the answer.
                return null;
            }
        }));
}
