using System.CommandLine;
using System.Text.Json;

namespace Balancer.Daemon.Verbs;

/// <summary><c>balancer top</c>: who asks most, what was slowest, what was lost.</summary>
internal static class TopVerb
{
    public static Command Of(Surroundings world)
    {
        var span = new Option<string>("--for") { DefaultValueFactory = _ => "5s" };
        var json = new Option<bool>("--json") { Arity = ArgumentArity.Zero };
        var verb = new Verb("top", world).Does(async (parsed, context) =>
        {
            var target = $"top?for={Uri.EscapeDataString(parsed.GetValue(span)!)}";
            context.Meanwhile($"counting for {parsed.GetValue(span)} …");
            if (parsed.GetValue(json))
                context.World.Output.Write(
                    await context.Door.Text(target, context.Cancellation));
            else
                Show(context, await context.Door.Json(target, context.Cancellation));
        });
        verb.Command.Add(span);
        verb.Command.Add(json);
        return verb.Command;
    }

    private static void Show(VerbContext verb, JsonElement top)
    {
        verb.Line($"{Shown.Count(top.Number("datagrams"))} datagrams in "
            + $"{top.In("seconds").GetDouble():0.0} s");
        var backends = new Columns(
            "backend", "answers/s", "p50", "p99", "expired", "lost", "displaced", "replayed");
        foreach (var of in top.Each("backends"))
        {
            backends.Add(
                of.Text("backend"), Cell.Of(Shown.Rate(of.Milliseconds("answeredPerSecond") ?? 0)),
                of.Duration("p50Ms"), of.Duration("p99Ms"), of.Count("expired"), of.Count("lost"),
                of.Count("displaced"), of.Count("replayed"));
        }
        Show(verb, "", backends, top.Each("backends").Any());
        Show(verb, "Who asks most:", Clients(top, "clients"), top.Each("clients").Any());
        var slowest = new Columns("latency", "client", "backend", "at");
        foreach (var answer in top.Each("slowest"))
        {
            slowest.Add(
                answer.Duration("latencyMs"),
                $"{answer.Text("client")}:{answer.Text("port")}", answer.Text("backend"),
                Shown.Time(answer.Time("at") ?? default));
        }
        Show(verb, "The slowest answers:", slowest, top.Each("slowest").Any());
        Show(verb, "Who got no answer:", Clients(top, "unanswered"), top.Each("unanswered").Any());
    }

    private static Columns Clients(JsonElement top, string name)
    {
        var columns = new Columns("client", "at most", "at least");
        foreach (var client in top.Each(name))
        {
            columns.Add(
                client.Text("client"), client.Count("count"),
                client.Number("count") - client.Number("error"));
        }
        return columns;
    }

    private static void Show(VerbContext verb, string title, Columns columns, bool isAny)
    {
        if (!isAny)
            return;
        if (title.Length > 0)
        {
            verb.Line("");
            verb.Line(title);
        }
        columns.Show(verb);
    }
}
