using System.Text.Json;
using System.Text.Json.Serialization;
using Balancer.Rx.Streams;
using Balancer.Rx.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary>
/// Everything that waits for its time, what is due first, first: the original's walk of g_timeouts
/// (K5). TCP connections may be many: <c>limit</c> of each loop's, the idlest.
/// </summary>
internal static class TimersEndpoints
{
    private const int Usual = 100, Most = 10_000;

    public static void Map(IEndpointRouteBuilder routes, DoorContext door) =>
        routes.MapGet("/timers", http => Timers(http, door));

    private static async Task Timers(HttpContext http, DoorContext door)
    {
        var given = Reply.Parameters(http, "limit");
        var limit = Asked.Number("limit", given.GetValueOrDefault("limit"), Usual, 0, Most);
        var loops = await door.AskAll(
            worker => (
                Loop: worker.Share.Index,
                worker.Scheduler.Now,
                Timers: worker.Plane.Timers.ToArray(),
                Waits: worker.Plane.Streams.Waits(limit),
                worker.Plane.Streams.Count),
            http.RequestAborted);
        var view = new TimersView(
            [.. loops
                .SelectMany(loop => loop.Timers.Select(
                    timer => TimerView.Of(loop.Loop, timer, loop.Now)))
                .OrderBy(timer => timer.DueAt).ThenBy(timer => timer.Loop)],
            [.. loops
                .SelectMany(loop => loop.Waits.Select(
                    wait => ConnectionView.Of(loop.Loop, wait, loop.Now)))
                .OrderBy(connection => connection.DueAt)],
            loops.Sum(loop => loop.Count - loop.Waits.Count));
        await Reply.Json(http, view, TimersJson.Default.TimersView);
    }
}

/// <summary>What waits.</summary>
/// <param name="Timers">Of the core.</param>
/// <param name="Connections">Of TCP.</param>
/// <param name="ConnectionsLeftOut">So many more are open.</param>
internal sealed record TimersView(
    IReadOnlyList<TimerView> Timers, IReadOnlyList<ConnectionView> Connections,
    int ConnectionsLeftOut);

/// <summary>One timer.</summary>
/// <param name="Loop">On which loop.</param>
/// <param name="Kind">What for.</param>
/// <param name="Backend">The backend's; null: no backend's.</param>
/// <param name="Client">The client's; null: no client's.</param>
/// <param name="SetAt">When it was set, in UTC.</param>
/// <param name="DueAt">When it fires.</param>
/// <param name="DueInMs">In how many milliseconds, seen from the loop.</param>
internal sealed record TimerView(
    int Loop, string Kind, int? Backend, string? Client, DateTime SetAt, DateTime DueAt,
    double DueInMs)
{
    public static TimerView Of(int loop, PendingTimer timer, DateTimeOffset now) => new(
        loop, Word(timer.Name.Kind), timer.Name.Backend?.Value,
        timer.Name.Client?.ToString(), timer.SetAt.UtcDateTime,
        timer.Due.UtcDateTime, (timer.Due - now).TotalMilliseconds);

    public static string Word<T>(T kind)
        where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName($"{kind}");
}

/// <summary>What a TCP connection waits for.</summary>
/// <param name="Loop">On which loop.</param>
/// <param name="Connection">Its number.</param>
/// <param name="Client">Whose.</param>
/// <param name="Backend">Who serves it; null: nobody yet.</param>
/// <param name="Kind">What for.</param>
/// <param name="SetAt">Since when, in UTC.</param>
/// <param name="DueAt">When it ends, if nothing happens.</param>
/// <param name="DueInMs">In how many milliseconds, seen from the loop.</param>
internal sealed record ConnectionView(
    int Loop, long Connection, string Client, int? Backend, string Kind, DateTime SetAt,
    DateTime DueAt, double DueInMs)
{
    public static ConnectionView Of(int loop, StreamWait wait, DateTimeOffset now) => new(
        loop, wait.Connection, $"{wait.Client}", wait.Backend?.Value, TimerView.Word(wait.Patience),
        wait.Since.UtcDateTime, wait.Due.UtcDateTime, (wait.Due - now).TotalMilliseconds);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TimersView))]
internal sealed partial class TimersJson : JsonSerializerContext;
