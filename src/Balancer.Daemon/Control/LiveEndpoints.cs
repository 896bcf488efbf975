// LIVE: how things stand, again and again, as server-sent events; for the page, `status --watch`
// and curl.
//
// A reader is a loop: take the status, write it, wait for the next full second. One that reads
// slowly is not written to meanwhile and gets a later status next; so nothing is ever queued, and a
// reader costs its connection and nothing else. All look at the clock's full seconds, and what they
// see then is one status (LiveFeed).
//
// Not promised: that every second is seen.

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Balancer.Daemon.Control;

/// <summary><c>GET /live?every=1s</c></summary>
internal sealed class LiveEndpoints(DoorContext door)
{
    /// <summary>So many readers at once.</summary>
    public const int MostReaders = 64;

    /// <summary>The type of server-sent events.</summary>
    public const string EventsType = "text/event-stream";

    // A browser that has lost us asks again after a second.
    private static readonly byte[] Introduction = [.. "retry: 1000\n\n"u8];

    private readonly LiveFeed _feed = new(door);
    private int _readers;

    public static void Map(IEndpointRouteBuilder routes, DoorContext door)
    {
        var live = new LiveEndpoints(door);
        routes.MapGet("/live", live.Serve);
    }

    private async Task Serve(HttpContext http)
    {
        var given = Reply.Parameters(http, "every");
        var every = Asked.Time("every", given.GetValueOrDefault("every", "1s"), "200ms", "60s");
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted,
            http.RequestServices.GetRequiredService<IHostApplicationLifetime>()
                .ApplicationStopping);
        try
        {
            if (Interlocked.Increment(ref _readers) > MostReaders)
                throw new RefusedException(
                    StatusCodes.Status503ServiceUnavailable,
                    $"{MostReaders} readers watch already, which is the most");
            http.Response.ContentType = EventsType;
            http.Response.Headers.CacheControl = "no-store";
            await http.Response.Body.WriteAsync(Introduction, gone.Token);
            while (true)
            {
                var status = await _feed.Now().WaitAsync(gone.Token);
                await http.Response.Body.WriteAsync(status, gone.Token);
                await http.Response.Body.FlushAsync(gone.Token);
                await Task.Delay(UntilNext(every), gone.Token);
            }
        }
        catch (OperationCanceledException) when (gone.IsCancellationRequested)
        {
            // The reader has gone, or the daemon stops: the stream ends, which tells it.
        }
        catch (ObjectDisposedException) when (http.Response.HasStarted)
        {
            // The loops have ended, and so does the stream.
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    // A timer may be a millisecond early; then it would find the status of before.
    private TimeSpan UntilNext(TimeSpan every) =>
        every - new TimeSpan(door.Uptime.Ticks % every.Ticks) + TimeSpan.FromMilliseconds(1);
}
