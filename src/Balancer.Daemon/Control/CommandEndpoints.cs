// ORDERS: drain and enable a backend, pin, unpin and move a client.
//
//   POST /backends/ID/drain?wait=     POST /pin?ip=&backend=&for=     POST /move?ip=&backend=
//   POST /backends/ID/enable          POST /unpin?ip=
//
// Answered when done: a line of JSON for every fact that follows, and a last one that says so in a
// sentence. A drain is done when the backend owes nothing; whoever does not want to wait says
// wait=false. An order is given once it is read: a client that goes away takes nothing back.
//
// A drain is for every loop. A pin, an unpin or a move is for the one loop that the client meets:
// the kernel chose it by the client's address (LoopShare), and no other would ever see the client.

using System.Reactive;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Balancer.Daemon.Sockets;
using Balancer.Rx;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary>The orders.</summary>
internal static class CommandEndpoints
{
    public static void Map(IEndpointRouteBuilder routes, DoorContext door)
    {
        routes.MapPost("/backends/{id}/drain", http => Drain(http, door));
        routes.MapPost("/backends/{id}/enable", http => Enable(http, door));
        routes.MapPost("/pin", http => Pin(http, door));
        routes.MapPost("/unpin", http => Unpin(http, door));
        routes.MapPost("/move", http => Move(http, door));
    }

    private static async Task Drain(HttpContext http, DoorContext door)
    {
        var given = Reply.Parameters(http, "wait");
        var wait = Asked.Yes("wait", given.GetValueOrDefault("wait"));
        var names = await BackendNames.Ask(door, http.RequestAborted);
        var backend = names.Named($"{http.Request.RouteValues["id"]}");
        var lines = new OrderLines(http, names);
        using var draining = await Draining.Begin(door, backend, names);
        await draining.Report(lines, wait);
    }

    private static async Task Enable(HttpContext http, DoorContext door)
    {
        Reply.Parameters(http);
        var names = await BackendNames.Ask(door, http.RequestAborted);
        var backend = names.Named($"{http.Request.RouteValues["id"]}");
        var lines = new OrderLines(http, names);
        var was = await Task.WhenAll(door.Workers.Select(worker => worker.Ask(() =>
        {
            if (names.In(worker.Share.Index, backend) is not { } id)
                return (Drained: false, Told: []);
            var leaving = worker.Plane.Sessions.Lookup(id) is { HasValue: true } found
                && found.Value.Leaving == LeavingBecause.Ordered;
            return (Drained: leaving, Told: worker.Order(new BackendCommand.Enable(id)));
        })));
        for (var loop = 0; loop < was.Length; loop++)
            await lines.Tell(loop, was[loop].Told);
        await lines.Done(was.Any(loop => loop.Drained)
            ? $"{backend} is enabled: it is given its clients again"
            : $"{backend} was not drained: nothing has changed");
    }

    private static async Task Pin(HttpContext http, DoorContext door)
    {
        var given = Reply.Parameters(http, "ip", "backend", "for");
        var client = Asked.Address("ip", given.Needed("ip"));
        TimeSpan? span = given.TryGetValue("for", out var lasting)
            ? Asked.Time("for", lasting, "1s", "365d")
            : null;
        var text = given.Needed("backend");
        var (names, loop) = await MetBy(client, http, door);
        var backend = names.Named(text);
        await Order(
            http, door, names, loop,
            new BackendCommand.Pin(client, KnownTo(loop, backend, names), span),
            $"{client} is pinned to {backend}" + (span is null ? "" : $" for {lasting}"));
    }

    private static async Task Unpin(HttpContext http, DoorContext door)
    {
        var client = Asked.Address("ip", Reply.Parameters(http, "ip").Needed("ip"));
        var (names, loop) = await MetBy(client, http, door);
        await Order(
            http, door, names, loop, new BackendCommand.Unpin(client),
            $"{client} is no longer pinned, and stays where it is");
    }

    private static async Task Move(HttpContext http, DoorContext door)
    {
        var given = Reply.Parameters(http, "ip", "backend");
        var client = Asked.Address("ip", given.Needed("ip"));
        var text = given.Needed("backend");
        var (names, loop) = await MetBy(client, http, door);
        var backend = names.Named(text);
        await Order(
            http, door, names, loop,
            new BackendCommand.Move(client, KnownTo(loop, backend, names)),
            $"{client} is {backend}'s");
    }

    private static async Task<(BackendNames Names, int Loop)> MetBy(
        ClientAddress client, HttpContext http, DoorContext door) => (
            await BackendNames.Ask(door, http.RequestAborted),
            LoopShare.LoopOf(client, door.Workers.Count));

    private static BackendId KnownTo(int loop, int backend, BackendNames names) =>
        names.In(loop, backend) ?? throw RefusedException.NotFound(
            $"backend {backend} is not known yet to loop {loop}, which serves this client");

    private static async Task Order(
        HttpContext http, DoorContext door, BackendNames names, int loop, BackendCommand command,
        string done)
    {
        var told = await door.Workers[loop].Ask(() => door.Workers[loop].Order(command));
        var refused = told.Select(fact => fact.Value).OfType<BalancerEvent.CommandRefused>();
        if (refused.FirstOrDefault() is { } refusal)
            throw Refusal(refusal, door.Workers[loop].Core);
        var lines = new OrderLines(http, names);
        await lines.Tell(loop, told);
        await lines.Done(done);
    }

    private static RefusedException Refusal(
        BalancerEvent.CommandRefused refused, BalancerOptions options) => refused.Reason switch
        {
            RefusedBecause.UnknownBackend =>
                RefusedException.NotFound($"backend {refused.Id} has just been forgotten"),
            RefusedBecause.UnknownClient => RefusedException.NotFound(
                $"{refused.Client} has not asked lately: pin it, or move it when it has asked"),
            RefusedBecause.NotPinned => RefusedException.NotFound(
                $"{refused.Client} is not pinned"),
            RefusedBecause.PinnedElsewhere => new(
                StatusCodes.Status409Conflict,
                $"{refused.Client} is pinned to another backend: unpin it, or pin it anew"),
            RefusedBecause.ChosenByWeight => new(
                StatusCodes.Status409Conflict,
                $"{refused.Client} has its backend by rendezvous weight (--affinity rendezvous): "
                    + "pin it instead"),
            _ => new(
                StatusCodes.Status409Conflict,
                $"{options.MaxPins} clients are pinned already, the most there can be"),
        };
}

/// <summary>The lines of an answer: facts, and at last that it is done.</summary>
internal sealed class OrderLines(HttpContext http, BackendNames names)
{
    /// <summary>These have happened.</summary>
    public async Task Tell(int loop, IEnumerable<Timestamped<BalancerEvent>> facts)
    {
        foreach (var fact in facts)
            await Line(FactView.Of(loop, fact, names), OrderJson.Shown.FactView);
    }

    /// <summary>The last line.</summary>
    /// <param name="text">What is so now.</param>
    /// <param name="isDone">It is as it was ordered.</param>
    public Task Done(string text, bool isDone = true) =>
        Line(new(isDone, text), OrderJson.Shown.DoneView);

    private async Task Line<T>(T value, JsonTypeInfo<T> type)
    {
        if (!http.Response.HasStarted)
            http.Response.ContentType = "application/x-ndjson";
        await JsonSerializer.SerializeAsync(
            http.Response.Body, value, type, http.RequestAborted);
        await http.Response.WriteAsync("\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    /// <summary>Ends when the client goes.</summary>
    public CancellationToken Gone => http.RequestAborted;
}

/// <summary>The last line.</summary>
internal sealed record DoneView(bool Done, string Text);

[JsonSerializable(typeof(FactView))]
[JsonSerializable(typeof(DoneView))]
internal sealed partial class OrderJson : JsonSerializerContext
{
    public static OrderJson Shown { get; } = new(Readable.Options(indented: false));
}
