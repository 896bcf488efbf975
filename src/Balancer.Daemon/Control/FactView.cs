using System.Reactive;
using System.Text.Json.Serialization;
using Balancer.Rx;

namespace Balancer.Daemon.Control;

/// <summary>
/// A fact as readers see it, the same everywhere: one flat JSON object, in which what does not
/// apply is left out. Made off the loops.
/// </summary>
internal readonly record struct FactView
{
    /// <summary>When, in UTC.</summary>
    public required DateTime At { get; init; }

    /// <summary>On which loop, from 0.</summary>
    public required int Loop { get; init; }

    /// <summary>A word of <see cref="FactWords.Kinds"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>The backend's number, as that loop knows it.</summary>
    public int? Backend { get; init; }

    /// <summary>The client's address.</summary>
    public string? Client { get; init; }

    /// <summary>Its port.</summary>
    public int? Port { get; init; }

    /// <summary><c>udp</c> or <c>tcp</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>A word of <see cref="FactWords.Outcomes"/>.</summary>
    public string? Outcome { get; init; }

    /// <summary>Milliseconds from question to answer, or to its end; of a connection: how long it
    /// lasted; of a heartbeat: its round trip.</summary>
    public double? LatencyMs { get; init; }

    /// <summary>What the log says of it; facts of single datagrams have no words.</summary>
    public string? Text { get; init; }

    /// <summary>An event of the control plane.</summary>
    public static FactView Of(int loop, Timestamped<BalancerEvent> fact) => Of(
        loop, fact.Timestamp.UtcDateTime, FactFields.Of(fact.Value), FactText.Of(fact.Value));

    /// <summary>The same, by the number under which people know its backend.</summary>
    public static FactView Of(
        int loop, Timestamped<BalancerEvent> fact, BackendNames names)
    {
        var view = Of(loop, fact);
        return view.Backend is { } id
            ? view with { Backend = names.Told(loop, new(id)) }
            : view;
    }

    /// <summary>Any fact of these fields.</summary>
    public static FactView Of(int loop, DateTime at, in FactFields fields, string? text = null) =>
        new()
        {
            At = at,
            Loop = loop,
            Kind = FactWords.Kinds[(int)fields.Kind],
            Backend = fields.Backend == 0 ? null : fields.Backend,
            Client = fields.Client?.Address.ToString(),
            Port = fields.Client is { Port: > 0 } client ? client.Port : null,
            Protocol = fields.Protocol == Transport.None
                ? null
                : FactWords.Transports[(int)fields.Protocol],
            Outcome = fields.Outcome == 0 ? null : FactWords.Outcomes[fields.Outcome],
            LatencyMs = fields.Latency == FactFields.NoLatency
                ? null
                : (double)fields.Latency / TimeSpan.TicksPerMillisecond,
            Text = text,
        };
}

/// <summary>How facts are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FactView))]
internal sealed partial class FactViewJson : JsonSerializerContext;
