using System.CommandLine;
using System.Text.Json;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Balancer.Daemon.Verbs;

/// <summary><c>balancer status</c>: how things stand, once or as a live screen.</summary>
internal static class StatusVerb
{
    private const int SparkWidth = 20;

    private static readonly string[] Titles =
        ["backend", "state", "since", "remotes", "owes", "round trip", "p50 <", "p99 <", "answered",
            "faults", "path"];

    private static readonly string[] LiveTitles =
        ["backend", "state", "since", "remotes", "owes", "round trip", "answers/s",
            "last 20 s", "faults"];

    public static Command Of(Surroundings world)
    {
        var json = new Option<bool>("--json") { Arity = ArgumentArity.Zero };
        var watch = new Option<bool>("--watch", "-w") { Arity = ArgumentArity.Zero };
        var verb = new Verb("status", world).Does((parsed, context) =>
            parsed.GetValue(json) ? Json(context)
            : parsed.GetValue(watch) ? Watch(context)
            : Once(context));
        verb.Command.Add(json);
        verb.Command.Add(watch);
        return verb.Command;
    }

    private static async Task Json(VerbContext verb) =>
        verb.World.Output.Write(await verb.Door.Text("status", verb.Cancellation));

    private static async Task Once(VerbContext verb) =>
        Show(verb, await verb.Door.Json("status", verb.Cancellation));

    private static void Show(VerbContext verb, JsonElement status)
    {
        var now = DateTimeOffset.Parse(status.Text("startedAt"), null)
            + TimeSpan.FromSeconds(status.GetProperty("uptimeSeconds").GetDouble());
        verb.Line(Headline(status));
        var columns = new Columns(Titles) { MayGo = ["p50 <", "since", "owes"] };
        foreach (var backend in status.GetProperty("backends").EnumerateArray())
        {
            columns.Add(
                backend.Text("id"), State(backend), Since(backend, now),
                backend.Count("remotes"), backend.Count("outstanding"),
                backend.Duration("roundTripMs"), backend.Duration("latencyP50Ms"),
                backend.Duration("latencyP99Ms"), backend.Count("answered"),
                Faults(backend), backend.Text("path"));
        }
        columns.Show(verb);
    }

    // One screen that is drawn anew every second; piped, a status after the other.
    private static async Task Watch(VerbContext verb)
    {
        if (!verb.World.IsTerminal)
        {
            await foreach (var status in Seconds(verb))
                Show(verb, status);
            return;
        }
        await verb.Screen.Live(new Text("")).StartAsync(async live =>
        {
            var rates = new Rates();
            await foreach (var status in Seconds(verb))
            {
                rates.Note(status);
                live.UpdateTarget(Screen(status, rates, verb.Screen.Profile.Width));
            }
        });
    }

    // The daemon's seconds, as server-sent events.
    private static async IAsyncEnumerable<JsonElement> Seconds(VerbContext verb)
    {
        const string data = "data:";
        await foreach (var line in verb.Door.Lines(
            HttpMethod.Get, "live?every=1s", verb.Cancellation))
        {
            if (!line.StartsWith(data, StringComparison.Ordinal))
                continue;
            using var document = JsonDocument.Parse(line[data.Length..]);
            yield return document.RootElement.Clone();
        }
    }

    private static Rows Screen(JsonElement status, Rates rates, int width)
    {
        var columns = new Columns(LiveTitles) { MayGo = ["since", "owes"] };
        foreach (var backend in status.GetProperty("backends").EnumerateArray())
        {
            var history = rates.Of(backend.Text("path"));
            columns.Add(
                backend.Text("id"), State(backend), Since(backend, rates.Now),
                backend.Count("remotes"), backend.Count("outstanding"),
                backend.Duration("roundTripMs"), (long)(history is [.., var last] ? last : 0),
                new Cell(Shown.Sparkline(history, SparkWidth), Color.Blue), Faults(backend));
        }
        var totals = status.GetProperty("totals");
        return new Rows(
            new Text(Headline(status), new(decoration: Decoration.Bold)),
            new Text(
                $"{Shown.Count(rates.Total is [.., var now] ? now : 0)} answers/s   "
                + $"{totals.Text("inFlight")} in flight   {totals.Text("remotes")} remotes   "
                + $"{totals.GetProperty("tcp").Text("open")} TCP   Ctrl-C ends"),
            columns.Coloured(width));
    }

    private static string Headline(JsonElement status)
    {
        var totals = status.GetProperty("totals");
        var uptime = TimeSpan.FromSeconds(status.GetProperty("uptimeSeconds").GetDouble());
        var live = totals.GetProperty("backendsLive").GetInt32();
        var all = status.GetProperty("backends").GetArrayLength();
        var state = status.GetProperty("stopping").GetBoolean() ? "stopping"
            : live == 0 ? "no backend takes queries"
            : $"{live} of {all} backends take queries";
        return $"balancer {status.Text("version")}, up {Shown.Span(uptime)}: {state}; "
            + $"{Shown.Count(totals.GetProperty("received").GetInt64())} datagrams received, "
            + $"{Shown.Count(totals.GetProperty("outcomes").GetProperty("answered").GetInt64())} "
            + "answered";
    }

    private static Cell State(JsonElement backend) =>
        new(
            $"{backend.Text("state")}{OfPolicy(backend)}",
            Shown.ColourOf(backend.Text("state"), backend.GetProperty("live").GetBoolean()));

    // What operators have said of it, where that is anything.
    private static string OfPolicy(JsonElement backend)
    {
        var weight = backend.GetProperty("weight").GetInt32();
        var isStandby = backend.GetProperty("standby").GetInt32() > 0;
        return (isStandby && backend.Text("state") != "standby" ? ", standby" : "")
            + (weight > 1 ? $", weight {weight}" : "");
    }

    private static Cell Since(JsonElement backend, DateTimeOffset now) => Cell.Of(
        Shown.Span(now - DateTimeOffset.Parse(backend.Text("since"), null)));

    private static Cell Faults(JsonElement backend)
    {
        var count = backend.GetProperty("faults").EnumerateObject().Sum(f => f.Value.GetInt64());
        return Cell.Of(Shown.Count(count), count > 0 ? Color.Yellow : Color.Default);
    }

    // Answers a second of each backend and of all, from one status to the next.
    private sealed class Rates
    {
        private readonly Dictionary<string, (long Answered, List<double> History)> _backends = [];
        private double _at;

        public DateTimeOffset Now { get; private set; }

        public List<double> Total { get; } = [];

        public List<double> Of(string path) =>
            _backends.TryGetValue(path, out var backend) ? backend.History : [];

        public void Note(JsonElement status)
        {
            var uptime = status.GetProperty("uptimeSeconds").GetDouble();
            var elapsed = uptime - _at;
            Now = DateTimeOffset.Parse(status.Text("startedAt"), null)
                + TimeSpan.FromSeconds(uptime);
            var isFirst = _at == 0 || elapsed <= 0;
            var total = 0.0;
            foreach (var backend in status.GetProperty("backends").EnumerateArray())
            {
                var path = backend.Text("path");
                var answered = backend.GetProperty("answered").GetInt64();
                var (before, history) = _backends.TryGetValue(path, out var known)
                    ? known
                    : (answered, []);
                var rate = isFirst ? 0 : Math.Max(0, answered - before) / elapsed;
                history.Add(rate);
                Keep(history);
                total += rate;
                _backends[path] = (answered, history);
            }
            Total.Add(total);
            Keep(Total);
            _at = uptime;
        }

        private static void Keep(List<double> history)
        {
            if (history.Count > SparkWidth)
                history.RemoveAt(0);
        }
    }
}
