using System.Text.Json;
using System.Text.Json.Serialization;
using Balancer.Daemon.Narration;

namespace Balancer.Daemon.Control;

/// <summary>
/// The status of <c>/live</c>: that of <c>/status</c> under the same names, but for the loops one
/// by one, and with the busiest clients.
/// </summary>
internal sealed record LiveView(
    string Version, string? Commit, DateTimeOffset StartedAt, double UptimeSeconds, bool Stopping,
    bool Ready, TotalsView Totals, IReadOnlyList<BackendView> Backends,
    IReadOnlyList<ClientView> Clients)
{
    /// <param name="door">What is known without asking.</param>
    /// <param name="loops">How each loop stands.</param>
    /// <param name="uptime">When they said so: rates are made of it.</param>
    /// <param name="clients">The busiest.</param>
    public static LiveView Of(
        DoorContext door, IList<DaemonStatus> loops, TimeSpan uptime,
        IReadOnlyList<ClientView> clients)
    {
        var all = StatusOfAll.Together(loops, busiest: 0);
        return new(
            VersionInfo.Number, VersionInfo.Commit, door.Since, uptime.TotalSeconds,
            door.IsStopping, !door.IsStopping && loops.All(loop => loop.BackendsLive > 0),
            TotalsView.Of(all), [.. all.Backends.Select(BackendView.Of)], clients);
    }

    /// <summary>As a server-sent event: one line of data, and an empty one.</summary>
    public byte[] AsEvent() =>
    [
        .. "data: "u8, .. JsonSerializer.SerializeToUtf8Bytes(this, LiveJson.Default.LiveView),
        .. "\n\n"u8,
    ];
}

/// <summary>A client.</summary>
/// <param name="Client">Its address.</param>
/// <param name="Backend">The number of the backend it belongs to.</param>
/// <param name="ServedBy">Of the one that serves it now; null: none.</param>
/// <param name="Queries">Datagrams received from it.</param>
/// <param name="Rate">Of these, how many a second lately.</param>
internal sealed record ClientView(
    string Client, int Backend, int? ServedBy, long Queries, double Rate);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LiveView))]
internal sealed partial class LiveJson : JsonSerializerContext;
