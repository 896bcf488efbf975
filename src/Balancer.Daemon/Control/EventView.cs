using System.Reactive;
using System.Text.Json;
using Balancer.Daemon.Narration;
using Balancer.Rx;
using Serilog;
using Serilog.Events;

namespace Balancer.Daemon.Control;

/// <summary>
/// A remembered fact as readers see it: one flat JSON object, with the narrator's words. Made off
/// the loops.
/// </summary>
/// <param name="At">When, in UTC.</param>
/// <param name="Loop">On which loop, from 0.</param>
/// <param name="Kind">The event's name in small letters: <c>backend-faulted</c>.</param>
/// <param name="Backend">The backend's number.</param>
/// <param name="Client">The client's address.</param>
/// <param name="Text">What the log says of it.</param>
internal sealed record EventView(
    DateTime At, int Loop, string Kind, int? Backend, string? Client, string Text)
{
    /// <summary>What stands beside the text already.</summary>
    private static readonly HashSet<string> Elsewhere = ["be_id", "remote_ip"];

    /// <summary>This fact of this loop.</summary>
    public static EventView Of(int loop, Timestamped<BalancerEvent> fact, BackendNames names)
    {
        var (backend, client) = Concerns(fact.Value);
        return new(
            fact.Timestamp.UtcDateTime, loop, WordOf(fact.Value.GetType().Name),
            backend is { } id ? names.Told(loop, id) : null,
            client is { } address ? $"{address}" : null,
            TextOf(fact.Value));
    }

    /// <summary><c>PrimaryDown</c> is primary-down.</summary>
    public static string WordOf(string name) => JsonNamingPolicy.KebabCaseLower.ConvertName(name);

    /// <summary>The narrator's sentence and its fields.</summary>
    public static string TextOf(BalancerEvent fact)
    {
        // A narrator of its own for each: it would keep the names of what it has once told of.
        var listener = new Listener();
        new Narrator(listener).Tell(fact);
        return string.Join("; ", listener.Lines.Select(TextOf));
    }

    private static (BackendId?, ClientAddress?) Concerns(BalancerEvent fact) => fact switch
    {
        BalancerEvent.RemoteAssigned e => (e.Backend, e.Client),
        BalancerEvent.RemotePinned e => (e.Backend, e.Client),
        BalancerEvent.RemoteUnpinned e => (e.Backend, e.Client),
        BalancerEvent.CommandRefused e => (
            e.Id == default ? null : e.Id, e.Client == default ? null : e.Client),
        _ => (History.BackendOf(fact), null),
    };

    private static string TextOf(LogEvent line)
    {
        var fields = line.Properties
            .Where(field => !Elsewhere.Contains(field.Key))
            .Select(field => $"{field.Key}={TextFormatter.Shown(field.Value)}")
            .ToArray();
        return fields.Length == 0
            ? line.MessageTemplate.Text
            : $"{line.MessageTemplate.Text} ({string.Join(' ', fields)})";
    }

    private sealed class Listener : ILogger
    {
        public List<LogEvent> Lines { get; } = [];

        public void Write(LogEvent logEvent) => Lines.Add(logEvent);
    }
}
