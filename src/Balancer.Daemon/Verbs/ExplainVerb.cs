using System.CommandLine;

namespace Balancer.Daemon.Verbs;

/// <summary><c>balancer explain CLIENT</c>: why this client goes to that backend.</summary>
internal static class ExplainVerb
{
    public static Command Of(Surroundings world)
    {
        var client = VerbArguments.Client();
        var json = new Option<bool>("--json") { Arity = ArgumentArity.Zero };
        var verb = new Verb("explain", world).Does(async (parsed, context) =>
        {
            var target = $"explain/{parsed.GetValue(client)}";
            if (parsed.GetValue(json))
                context.World.Output.Write(
                    await context.Door.Text(target, context.Cancellation));
            else
                Explain(context, await context.Door.Json(target, context.Cancellation));
        });
        verb.Command.Add(client);
        verb.Command.Add(json);
        return verb.Command;
    }

    private static void Explain(VerbContext verb, System.Text.Json.JsonElement it)
    {
        verb.Line($"{it.Text("address")} ({it.Text("standing")}): {it.Text("because")}");
        if (it.IsThere("pin"))
            verb.Line(it.In("pin").Text("because"));
        if (it.IsThere("ifThatWent"))
            verb.Line(it.In("ifThatWent").Text("because"));
        if (it.IsThere("counters"))
        {
            var sent = it.In("counters");
            verb.Line(
                $"It has sent {Shown.Count(sent.Number("udp"))} datagrams "
                + $"({Shown.Count(sent.Number("udpDropped"))} dropped) and opened "
                + $"{Shown.Count(sent.Number("tcp"))} TCP connections "
                + $"({Shown.Count(sent.Number("tcpDropped"))} refused); last heard of at "
                + $"{Shown.Second(it.Time("lastSeen") ?? default)}.");
        }
        var events = it.Each("events").ToArray();
        if (events.Length == 0)
            return;
        verb.Line("");
        verb.Line("What has happened to it since, and to those who served it:");
        if (it.IsThere("forgotten"))
            verb.Line($"({it.Text("forgotten")})");
        if (it.Number("eventsLeftOut") > 0)
            verb.Line($"({it.Number("eventsLeftOut")} earlier ones are left out)");
        foreach (var fact in events)
            Facts.Write(verb, fact);
    }
}
