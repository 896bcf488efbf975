using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Text.Json;

namespace Balancer.Daemon.Verbs;

/// <summary>
/// <c>balancer drain|enable|pin|unpin|move</c>: orders, with what follows from them line by line,
/// until the daemon says that it is done.
/// </summary>
internal static class OrderVerbs
{
    public static IEnumerable<Command> Of(Surroundings world) =>
    [
        OfBackend("drain", world),
        OfBackend("enable", world),
        Pin(world),
        OfClient("unpin", world),
        Move(world),
    ];

    private static Command OfBackend(string name, Surroundings world)
    {
        var backend = VerbArguments.Backend();
        var verb = new Verb(name, world).Does((parsed, context) =>
            Order(context, $"backends/{parsed.GetValue(backend)}/{name}"));
        verb.Command.Add(backend);
        return verb.Command;
    }

    private static Command OfClient(string name, Surroundings world)
    {
        var client = VerbArguments.Client();
        var verb = new Verb(name, world).Does((parsed, context) =>
            Order(context, $"{name}?ip={parsed.GetValue(client)}"));
        verb.Command.Add(client);
        return verb.Command;
    }

    private static Command Pin(Surroundings world)
    {
        var (client, backend) = (VerbArguments.Client(), VerbArguments.Backend());
        var span = new Option<string?>("--for");
        var verb = new Verb("pin", world).Does((parsed, context) => Order(
            context,
            $"pin?ip={parsed.GetValue(client)}&backend={parsed.GetValue(backend)}"
            + (parsed.GetValue(span) is { } given ? $"&for={Uri.EscapeDataString(given)}" : "")));
        verb.Command.Add(client);
        verb.Command.Add(backend);
        verb.Command.Add(span);
        return verb.Command;
    }

    private static Command Move(Surroundings world)
    {
        var (client, backend) = (VerbArguments.Client(), VerbArguments.Backend());
        var verb = new Verb("move", world).Does((parsed, context) => Order(
            context,
            $"move?ip={parsed.GetValue(client)}&backend={parsed.GetValue(backend)}"));
        verb.Command.Add(client);
        verb.Command.Add(backend);
        return verb.Command;
    }

    /// <summary>Gives an order, and tells what follows.</summary>
    public static async Task Order(VerbContext verb, string target)
    {
        var isDone = false;
        await foreach (var line in verb.Door.Lines(HttpMethod.Post, target, verb.Cancellation))
        {
            using var document = JsonDocument.Parse(line);
            var said = document.RootElement;
            if (said.TryGetProperty("error", out var error))
                throw new VerbException(VerbException.Refused, error.ToString());
            if (said.TryGetProperty("done", out var done))
            {
                isDone = done.GetBoolean();
                verb.Line(said.GetProperty("text").ToString());
            }
            else
                Facts.Write(verb, said);
        }
        if (!isDone)
            throw new VerbException(
                VerbException.Refused, "the daemon did not say that it was done");
    }
}

/// <summary>The arguments that verbs share.</summary>
internal static class VerbArguments
{
    /// <summary>A backend's number.</summary>
    public static Argument<int> Backend() => new("backend") { CustomParser = BackendOf };

    /// <summary>The same, for an option.</summary>
    public static int BackendOf(ArgumentResult result)
    {
        if (result.Tokens.Count == 0)
            return 0;
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, out var id) && id > 0)
            return id;
        result.AddError($"{CommandLineValues.Shown(text)}: not a backend's number (5302)");
        return 0;
    }

    /// <summary>A client's address.</summary>
    public static Argument<IPAddress> Client() => new("client")
    {
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (IPv4.Read(text) is { } address)
                return address;
            result.AddError($"{CommandLineValues.Shown(text)}: not an IPv4 address");
            return IPAddress.None;
        },
    };
}
