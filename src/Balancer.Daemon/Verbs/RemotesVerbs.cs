using System.CommandLine;
using System.Net;
using System.Text.Json;

namespace Balancer.Daemon.Verbs;

/// <summary>
/// <c>balancer remotes</c>: clients, the busiest first. <c>balancer stat</c>: the two tables of
/// balstat (K1 to K3), without a debugger.
/// </summary>
internal static class RemotesVerbs
{
    private const int MostRemotes = 10_000;

    private static readonly string[] Titles =
        ["client", "primary", "served by", "standing", "datagrams", "dropped", "TCP", "heard at"];

    public static IEnumerable<Command> Of(Surroundings world) => [Remotes(world), Stat(world)];

    private static Command Remotes(Surroundings world)
    {
        var backend = new Option<int>("--backend") { CustomParser = VerbArguments.BackendOf };
        var limit = CommandLineOptions.Single(
            "--limit", "-n", 20, CommandLineValues.RemotesLimit);
        var verb = new Verb("remotes", world).Does(async (parsed, context) =>
        {
            var id = parsed.GetValue(backend);
            var found = await context.Door.Json(
                $"remotes?limit={parsed.GetValue(limit)}" + (id == 0 ? "" : $"&backend={id}"),
                context.Cancellation);
            var columns = new Columns(Titles);
            foreach (var remote in found.Each("remotes"))
            {
                columns.Add(
                    remote.Text("address"), remote.Text("primary"),
                    remote.IsThere("servedBy") ? remote.Text("servedBy") : "nobody",
                    remote.Text("standing")
                        + (remote.In("pinned").GetBoolean() ? ", pinned" : ""),
                    remote.Count("udp"), remote.Count("udpDropped"), remote.Count("tcp"),
                    Shown.Second(remote.Time("lastSeen") ?? default));
            }
            columns.Show(context);
            context.Line(
                $"{Shown.Count(found.Each("remotes").Count())} of "
                + $"{Shown.Count(found.Number("known"))} that are known");
        });
        verb.Command.Add(backend);
        verb.Command.Add(limit);
        return verb.Command;
    }

    // OBJECT was the address of a structure in the original's memory; there is none to name here.
    private static Command Stat(Surroundings world) =>
        new Verb("stat", world).Does(async (_, context) =>
        {
            var status = await context.Door.Json("status", context.Cancellation);
            var found = await context.Door.Json(
                $"remotes?limit={MostRemotes}", context.Cancellation);
            context.Line("BACKENDS");
            context.Line(Row("OBJECT", "BACKEND", "OK?", "#REMOTES", "SOCKET PATH"));
            foreach (var backend in status.Each("backends"))
            {
                context.Line(Row(
                    "-", backend.Text("id"), backend.In("live").GetBoolean() ? "1" : "0",
                    backend.Text("remotes"), backend.Text("path")));
            }
            context.Line("");
            context.Line("REMOTE PEERS");
            context.Line(Row("OBJECT", "BACKEND", "REMOTE IP"));
            foreach (var remote in found.Each("remotes").OrderBy(AddressOf))
                context.Line(Row("-", remote.Text("primary"), remote.Text("address")));
            if (found.Number("known") > MostRemotes)
                context.World.Error.WriteLine(CommandLineRefusal.Line(
                    $"these are the {MostRemotes} busiest of {found.Number("known")}"));
        }).Command;

    private static string Row(string one, string two, string three, string four, string five) =>
        $"{one,12} {two,8} {three,4} {four,8} {five}";

    private static string Row(string one, string two, string three) => $"{one,12} {two,8} {three}";

    private static uint AddressOf(JsonElement remote) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(
            IPAddress.Parse(remote.Text("address")).GetAddressBytes());
}
