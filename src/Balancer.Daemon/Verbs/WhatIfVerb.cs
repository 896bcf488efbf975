using System.CommandLine;

namespace Balancer.Daemon.Verbs;

/// <summary><c>balancer whatif drain|kill ID</c>, <c>whatif add [ID]</c>: what would happen.
/// </summary>
internal static class WhatIfVerb
{
    private static readonly string[] Titles =
        ["backend", "remotes", "then", "datagrams/s", "then"];

    public static Command Of(Surroundings world)
    {
        var what = new Argument<string>("what")
        {
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (text is not ("drain" or "kill" or "add"))
                    result.AddError(
                        $"whatif {CommandLineValues.Shown(text)}: not drain, kill or add");
                return text;
            },
        };
        var backend = VerbArguments.Backend();
        backend.Arity = ArgumentArity.ZeroOrOne;
        var verb = new Verb("whatif", world).Does(async (parsed, context) =>
        {
            var (word, id) = (parsed.GetValue(what)!, parsed.GetValue(backend));
            if (id == 0 && word != "add")
                throw new VerbException(
                    CommandLineRefusal.ExitCode, $"whatif {word}: backend is missing");
            Show(context, await context.Door.Json(
                $"whatif?{word}={(id == 0 ? 1 : id)}", context.Cancellation));
        });
        verb.Command.Add(what);
        verb.Command.Add(backend);
        return verb.Command;
    }

    private static void Show(VerbContext verb, System.Text.Json.JsonElement it)
    {
        verb.Line(it.Text("because"));
        var columns = new Columns(Titles);
        foreach (var backend in it.Each("backends"))
        {
            columns.Add(
                backend.Text("backend"), backend.Count("remotesNow"),
                backend.Count("remotesThen"), Rate(backend, "perSecondNow"),
                Rate(backend, "perSecondThen"));
        }
        columns.Show(verb);
    }

    private static Cell Rate(System.Text.Json.JsonElement of, string name) =>
        Cell.Of(Shown.Rate(of.Milliseconds(name) ?? 0));
}
