using Balancer.Daemon.Control.Taps;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Balancer.Daemon.Control.Top;

/// <summary>
/// <c>GET /top?for=10s</c>: counts all datagrams for so long, on their loops, and tells who asked
/// most, whose answers took longest, and what was not answered. Nothing is counted otherwise.
/// </summary>
internal sealed class TopEndpoints
{
    /// <summary>So many may count at the same time.</summary>
    public const int Most = 4;

    private readonly DoorContext _door;
    private readonly TapHub _hub;
    private int _open;

    private TopEndpoints(DoorContext door, TapHub hub) => (_door, _hub) = (door, hub);

    public static void Map(IEndpointRouteBuilder routes, DoorContext door, TapHub hub) =>
        routes.MapGet("/top", new TopEndpoints(door, hub).Serve);

    private async Task Serve(HttpContext http)
    {
        var given = Reply.Parameters(http, "for");
        var lasting = Asked.Time("for", given.GetValueOrDefault("for", "10s"), "1s", "60s");
        if (Interlocked.Increment(ref _open) > Most)
        {
            Interlocked.Decrement(ref _open);
            throw new RefusedException(
                StatusCodes.Status429TooManyRequests,
                $"{Most} are counting already, which is the most; try again in a moment");
        }
        try
        {
            await Count(http, lasting);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task Count(HttpContext http, TimeSpan lasting)
    {
        var stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>()
            .ApplicationStopping;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted, stopping);
        var counters = _door.Workers.Select(_ => new TopCounter()).ToArray();
        var time = TimeProvider.System;
        try
        {
            var begun = time.GetTimestamp();
            using (await _hub.Watch(counters, gone.Token))
                await Task.Delay(lasting, time, gone.Token);
            var lasted = time.GetElapsedTime(begun);
            // Who is asked after it was told to stop has stopped: the counters are ours now.
            await _door.AskAll(_ => true, gone.Token);
            await Reply.Json(
                http, TopView.Of(counters, time.GetUtcNow(), lasted), TopJson.Default.TopView);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw new RefusedException(
                StatusCodes.Status503ServiceUnavailable, "the daemon is about to end");
        }
    }
}
