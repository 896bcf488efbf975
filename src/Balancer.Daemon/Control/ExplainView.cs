using System.Text.Json.Serialization;
using Balancer.Daemon.Narration;
using Balancer.Rx;
using Balancer.Rx.Remotes;
using Balancer.Rx.Routing;

namespace Balancer.Daemon.Control;

/// <summary>An explanation as JSON; what does not apply is left out. Every part says itself in a
/// sentence, too.</summary>
internal sealed record ExplainView(
    string Address, bool Known, int Loop, string Because, string Standing,
    DateTimeOffset? FirstSeen, DateTimeOffset? LastSeen, CountersView? Counters,
    PrimaryView? Primary, PinView? Pin, ServedByView ServedBy, NextView? IfThatWent,
    IReadOnlyList<FactView> Events, int EventsLeftOut, string? Forgotten)
{
    /// <summary>So many events are told, the latest.</summary>
    public const int MostEvents = 256;

    public static ExplainView Of(Explanation it, BackendNames names)
    {
        var words = new ExplainWords(it, names);
        var primary = PrimaryOf(it, names, words);
        var left = Math.Max(0, it.Events.Count - MostEvents);
        return new(
            $"{it.Client}", it.Remote is not null, it.Loop,
            it.Remote is null ? words.Unknown() : $"{primary!.Because} {words.Served()}",
            FactWords.WordOf($"{it.Standing}"),
            it.Traffic?.FirstSeen, it.Traffic?.LastSeen,
            it.Traffic is { } sent
                ? new(sent.Udp, sent.UdpDropped, sent.Tcp, sent.TcpDropped)
                : null,
            primary,
            it.Pin is { } pin
                ? new(
                    names.Told(it.Loop, pin.Backend), pin.Since, pin.Until,
                    it.Backends[pin.Backend].Session is not null,
                    words.Pinned(pin.Backend, pin.Since, pin.Until))
                : null,
            new(
                Told(it.Route.ServedBy), FactWords.WordOf($"{it.Route.Because}"), words.Served()),
            it.Route.ServedBy is { } served ? new(Told(it.Next), words.Next(served)) : null,
            [.. it.Events.Skip(left).Select(fact => FactView.Of(it.Loop, fact, names))],
            left,
            it.CompleteSince is { } since && since > it.AssignedAt
                ? $"older facts are no longer remembered (since {Field.Of(since)})"
                : null);

        int? Told(BackendId? id) => id is { } known ? names.Told(it.Loop, known) : null;
    }

    private static PrimaryView? PrimaryOf(
        Explanation it, BackendNames names, ExplainWords words) =>
        it.Remote is { } remote && it.AssignedAt is { } at
            ? new(
                names.Told(it.Loop, remote.Primary),
                ExplainWords.StateOf(it.Backends[remote.Primary]),
                FactWords.WordOf($"{remote.Because}"), at,
                words.Assigned(remote.Because, remote.Primary, at))
            : null;
}

/// <summary>What it has sent.</summary>
internal sealed record CountersView(long Udp, long UdpDropped, long Tcp, long TcpDropped);

/// <summary>Whose it is, and why since when.</summary>
internal sealed record PrimaryView(
    int Backend, string State, string Reason, DateTimeOffset Since, string Because);

/// <summary>Whom it is pinned to, and whether that has an effect now.</summary>
internal sealed record PinView(
    int Backend, DateTimeOffset Since, DateTimeOffset? Until, bool Effective, string Because);

/// <summary>Who serves it, and by which rule.</summary>
internal sealed record ServedByView(int? Backend, string Reason, string Because);

/// <summary>Who would serve it if that one went now.</summary>
internal sealed record NextView(int? Backend, string Because);

[JsonSerializable(typeof(ExplainView))]
internal sealed partial class ExplainJson : JsonSerializerContext
{
    public static ExplainJson Shown { get; } = new(Readable.Options(indented: true));
}
