using System.Globalization;
using Balancer.Daemon.Control.Filters;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Balancer.Daemon.Control.Taps;

/// <summary>
/// <c>GET /tap?filter=…&amp;format=ndjson|sse&amp;limit=N</c>: facts as they happen.
/// </summary>
internal static class TapEndpoints
{
    private const string Lines = "ndjson", Events = "sse";
    private const string LinesType = "application/x-ndjson; charset=utf-8";
    private const string EventsType = "text/event-stream";

    public static void Map(IEndpointRouteBuilder routes, DoorContext door, TapHub hub) =>
        routes.MapGet("/tap", http => Serve(http, door, hub));

    private static async Task Serve(HttpContext http, DoorContext door, TapHub hub)
    {
        var parameters = Reply.Parameters(http, "filter", "format", "limit");
        var filter = FilterOf(parameters);
        var asEvents = AsEvents(parameters, http.Request);
        var limit = LimitOf(parameters);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(
            http.RequestAborted,
            http.RequestServices.GetRequiredService<IHostApplicationLifetime>()
                .ApplicationStopping);
        var tap = new Tap(filter, door.Workers.Count);
        using var open = await hub.TryOpen(tap, gone.Token)
            ?? throw new RefusedException(
                StatusCodes.Status429TooManyRequests,
                $"there are {TapHub.MostTaps} taps already, which is the most");
        // Who pauses while nothing is lost may do so for as long as it likes.
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        http.Response.ContentType = asEvents ? EventsType : LinesType;
        http.Response.Headers.CacheControl = "no-store";
        using var pump = new TapPump(tap, http.Response.BodyWriter, asEvents, TimeProvider.System);
        if (await pump.Run(limit, gone.Token) == TapEnd.CutOffUntold)
            http.Abort();
    }

    private static Filter FilterOf(IReadOnlyDictionary<string, string> parameters)
    {
        if (!parameters.TryGetValue("filter", out var text))
            return Filter.Default;
        return FilterParser.TryParse(text, out var filter, out var error)
            ? filter
            : throw RefusedException.Bad($"filter: {error}");
    }

    private static bool AsEvents(
        IReadOnlyDictionary<string, string> parameters, HttpRequest request)
    {
        if (!parameters.TryGetValue("format", out var format))
            return request.Headers.Accept.ToString().Contains(EventsType, StringComparison.Ordinal);
        return format is Lines or Events
            ? format == Events
            : throw RefusedException.Bad(
                $"format: \"{Reply.Shown(format)}\" is neither {Lines} nor {Events}");
    }

    private static long LimitOf(IReadOnlyDictionary<string, string> parameters)
    {
        if (!parameters.TryGetValue("limit", out var text))
            return long.MaxValue;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
            && limit > 0
            ? limit
            : throw RefusedException.Bad(
                $"limit: \"{Reply.Shown(text)}\" is not a number of lines, 1 or more");
    }
}
