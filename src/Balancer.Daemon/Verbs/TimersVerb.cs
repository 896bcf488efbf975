using System.CommandLine;
using System.Text.Json;

namespace Balancer.Daemon.Verbs;

/// <summary><c>balancer timers</c>: everything that waits for its time.</summary>
internal static class TimersVerb
{
    public static Command Of(Surroundings world) => new Verb("timers", world)
        .Does(async (_, context) => Show(
            context, await context.Door.Json("timers", context.Cancellation)))
        .Command;

    private static void Show(VerbContext verb, JsonElement it)
    {
        var columns = new Columns("due in", "waits", "of", "for", "loop");
        var timers = it.GetProperty("timers").EnumerateArray()
            .Concat(it.GetProperty("connections").EnumerateArray())
            .OrderBy(timer => timer.GetProperty("dueAt").GetDateTime());
        foreach (var timer in timers)
        {
            var isStream = timer.TryGetProperty("connection", out var number);
            var lasts = timer.GetProperty("dueAt").GetDateTime()
                - timer.GetProperty("setAt").GetDateTime();
            columns.Add(
                Cell.Of(Shown.Milliseconds(timer.GetProperty("dueInMs").GetDouble())),
                Cell.Of(Shown.Milliseconds(lasts.TotalMilliseconds)),
                isStream ? $"connection {number}" : OwnerOf(timer),
                timer.GetProperty("kind").ToString(), timer.GetProperty("loop").GetInt64());
        }
        columns.Show(verb);
        if (it.GetProperty("connectionsLeftOut").GetInt32() is > 0 and var more)
            verb.Line($"and {Shown.Count(more)} more connections");
    }

    private static string OwnerOf(JsonElement timer) =>
        timer.TryGetProperty("backend", out var backend) ? $"backend {backend}"
        : timer.TryGetProperty("client", out var client) ? $"client {client}"
        : "-";
}
