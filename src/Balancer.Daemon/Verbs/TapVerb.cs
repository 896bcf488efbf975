using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Balancer.Daemon.Verbs;

/// <summary><c>balancer tap [FILTER]</c>: what happens, as it happens.</summary>
internal static class TapVerb
{
    public static Command Of(Surroundings world)
    {
        var filter = new Argument<string[]>("filter") { Arity = ArgumentArity.ZeroOrMore };
        var json = new Option<bool>("--json") { Arity = ArgumentArity.Zero };
        var limit = CommandLineOptions.Single("--limit", "-n", 0, CommandLineValues.TapLimit);
        var verb = new Verb("tap", world).Does(async (parsed, context) =>
        {
            var words = string.Join(' ', parsed.GetValue(filter)!);
            var most = parsed.GetValue(limit);
            var target = "tap?format=ndjson"
                + (words.Length > 0 ? $"&filter={Uri.EscapeDataString(words)}" : "")
                + (most > 0 ? $"&limit={most}" : "");
            await foreach (var line in context.Door.Lines(
                HttpMethod.Get, target, context.Cancellation))
            {
                if (parsed.GetValue(json))
                    context.Line(line);
                else
                    Facts.Write(context, line);
            }
        });
        verb.Command.Add(filter);
        verb.Command.Add(json);
        verb.Command.Add(limit);
        return verb.Command;
    }
}

/// <summary>A fact of the door as a line for people.</summary>
internal static class Facts
{
    /// <summary>Time, kind, whom it is about, and its words.</summary>
    public static void Write(VerbContext verb, string line)
    {
        using var document = JsonDocument.Parse(line);
        Write(verb, document.RootElement);
    }

    /// <summary>The same.</summary>
    public static void Write(VerbContext verb, JsonElement fact)
    {
        var kind = fact.Text("kind");
        var time = fact.Time("at") is { } at ? Shown.Time(at) : "";
        var text = string.Join("  ", new[]
        {
            fact.Text("backend"), fact.Text("client"), fact.Text("protocol"),
            fact.Text("outcome"),
            fact.IsThere("latencyMs") ? Shown.Milliseconds(fact.Milliseconds("latencyMs")) : "",
            fact.IsThere("dropped") ? $"{fact.Text("dropped")} facts were lost here" : "",
            fact.Text("text"),
        }.Where(part => part.Length > 0));
        if (!verb.World.IsTerminal)
        {
            verb.Line($"{time}  {kind}  {text}");
            return;
        }
        verb.Screen.Write(new Text($"{time}  ", new(Color.Grey)));
        verb.Screen.Write(new Text($"{kind}  ", new(ColourOf(kind))));
        verb.Screen.Write(new Text($"{text}\n"));
    }

    private static Color ColourOf(string kind) =>
        kind.Contains("fault") || kind.Contains("suspect") || kind.Contains("refused")
            || kind is "no-backends" or "dropped" ? Color.Red
        : kind.Contains("established") || kind.Contains("trusted") ? Color.Green
        : Color.Blue;
}
