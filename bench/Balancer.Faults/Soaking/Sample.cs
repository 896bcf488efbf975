using System.Globalization;
using System.Text.Json;
using Balancer.Compare.Running;
using Balancer.Rx.Forwarding;

namespace Balancer.Faults.Soaking;

/// <summary>How the balancer stands: what /proc says of it, and what it says on SIGUSR1.</summary>
/// <param name="At">Since the beginning.</param>
/// <param name="Resident">Kilobytes.</param>
/// <param name="Descriptors">Open ones.</param>
/// <param name="Threads">Of them.</param>
/// <param name="Received">Datagrams, ever.</param>
/// <param name="Settled">Those that have had their outcome.</param>
/// <param name="InFlight">Those that wait for it.</param>
/// <param name="Remotes">Clients remembered.</param>
/// <param name="Live">Backends that are.</param>
/// <param name="Known">Backends that it knows of.</param>
/// <param name="Streams">TCP connections of clients.</param>
sealed record Sample(
    TimeSpan At, long Resident, long Descriptors, long Threads, long Received, long Settled,
    long InFlight, long Remotes, long Live, long Known, long Streams)
{
    static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(5);

    static readonly string[] Outcomes =
        [.. Enum.GetNames<Outcome>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    /// <summary>Each datagram waits or has exactly one outcome.</summary>
    public bool SumsAgree => Received == InFlight + Settled;

    /// <exception cref="Unmeasurable">It has ended, or does not tell.</exception>
    public static async Task<Sample> Take(Child balancer, TimeSpan at, CancellationToken stop)
    {
        balancer.MustRun();
        var from = balancer.LogLength;
        balancer.Signal(Libc.SigUsr1);
        for (var left = ToldWithin; left > TimeSpan.Zero; left -= ToldWithin / 100)
        {
            await Task.Delay(ToldWithin / 100, stop);
            var lines = Lines(balancer.LogFrom(from));
            if (lines.Find(line => Says(line, "statistics")) is { ValueKind: not 0 } datagrams
                && lines.Find(line => Says(line, "TCP statistics")) is { ValueKind: not 0 } tcp)
                return Of(balancer.Id, at, datagrams, tcp);
        }
        throw new Unmeasurable("the balancer does not tell its statistics on SIGUSR1");
    }

    static Sample Of(int balancer, TimeSpan at, JsonElement datagrams, JsonElement tcp) => new(
        at,
        Status(balancer, "VmRSS:"),
        Directory.EnumerateFileSystemEntries($"/proc/{balancer}/fd").LongCount(),
        Status(balancer, "Threads:"),
        Number(datagrams, "received"),
        Outcomes.Sum(outcome => Number(datagrams, outcome)),
        Number(datagrams, "in_flight"),
        Number(datagrams, "remotes"),
        Number(datagrams, "backends_live"),
        Number(datagrams, "backends_known"),
        Number(tcp, "tcp_open"));

    static long Status(int process, string field) => long.Parse(
        File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith(field, StringComparison.Ordinal))
            .Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    static long Number(JsonElement line, string name) => line.GetProperty(name).GetInt64();

    static bool Says(JsonElement line, string message) =>
        line.GetProperty("msg").ValueEquals(message);

    // The last line may still be being written; the first may have been.
    static List<JsonElement> Lines(string log) =>
    [
        .. log.Split('\n')[..^1]
            .Where(line => line.StartsWith('{'))
            .Select(line => JsonDocument.Parse(line).RootElement),
    ];
}
