using System.Text.Json.Serialization;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.Daemon.Control.Top;

/// <summary>What <c>GET /top</c> answers: who asked most, who waited longest, who got nothing.
/// </summary>
/// <param name="At">When counting ended.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="Datagrams">How many have ended meanwhile.</param>
/// <param name="Clients">The busiest clients, the busiest first.</param>
/// <param name="ClientsError">No count of a client is too high by more, and none who came more
/// often than this is missing.</param>
/// <param name="Slowest">The slowest answers, the slowest first.</param>
/// <param name="Unanswered">Clients that a backend has not answered, most first.</param>
/// <param name="UnansweredError">As <paramref name="ClientsError"/>, of those.</param>
/// <param name="Backends">By their numbers.</param>
internal sealed record TopView(
    DateTime At,
    double Seconds,
    long Datagrams,
    IReadOnlyList<TopClient> Clients,
    long ClientsError,
    IReadOnlyList<TopAnswer> Slowest,
    IReadOnlyList<TopClient> Unanswered,
    long UnansweredError,
    IReadOnlyList<TopBackend> Backends)
{
    /// <summary>So many clients are told.</summary>
    public const int ClientsTold = 20;

    /// <summary>What all loops have counted. A client is on one loop only, so counts of clients
    /// need not be added.</summary>
    public static TopView Of(
        IReadOnlyList<TopCounter> loops, DateTimeOffset at, TimeSpan lasted) => new(
        at.UtcDateTime,
        Math.Round(lasted.TotalSeconds, 3),
        loops.Sum(loop => loop.Busiest.Total),
        Most(loops, loop => loop.Busiest),
        loops.Max(loop => loop.Busiest.MaxError),
        [.. loops.SelectMany(loop => loop.Slowest)
            .OrderByDescending(answer => answer.Latency)
            .Take(TopCounter.SlowestKept)
            .Select(AnswerOf)],
        Most(loops, loop => loop.Unanswered),
        loops.Max(loop => loop.Unanswered.MaxError),
        [.. loops.SelectMany(loop => loop.Backends)
            .Where(backend => backend.Key.Value != 0)
            .GroupBy(backend => backend.Key, backend => backend.Value)
            .OrderBy(backend => backend.Key)
            .Select(backend => BackendOf(backend.Key, backend, lasted))]);

    private static TopClient[] Most(
        IReadOnlyList<TopCounter> loops, Func<TopCounter, SpaceSaving> sketch) =>
    [
        .. loops.SelectMany(loop => sketch(loop).Entries)
            .OrderByDescending(entry => entry.Count)
            .ThenBy(entry => entry.Key)
            .Take(ClientsTold)
            .Select(entry => new TopClient(
                $"{new ClientAddress(entry.Key)}", entry.Count, entry.Error)),
    ];

    private static TopAnswer AnswerOf(DatagramFact answer) => new(
        new DateTime(answer.At, DateTimeKind.Utc),
        $"{answer.Client!.Value.Address}",
        answer.Client.Value.Port,
        answer.Backend.Value,
        (double)answer.Latency / TimeSpan.TicksPerMillisecond);

    private static TopBackend BackendOf(
        BackendId id, IEnumerable<BackendTop> loops, TimeSpan lasted)
    {
        var all = new BackendTop();
        foreach (var loop in loops)
            all.Add(loop);
        return new(
            id.Value, all.Answers.Total,
            Math.Round(all.Answers.Total / lasted.TotalSeconds, 1),
            all.Answers.Percentile(0.5), all.Answers.Percentile(0.99),
            all.Expired, all.Lost, all.Displaced, all.Replayed);
    }
}

/// <summary>A client: how often it came at most, and by how much that may be too high.</summary>
internal sealed record TopClient(string Client, long Count, long Error);

/// <summary>An answer that took long.</summary>
internal sealed record TopAnswer(
    DateTime At, string Client, int Port, int Backend, double LatencyMs);

/// <summary>A backend: what it answered and how fast, and what it did not, by outcome.</summary>
internal sealed record TopBackend(
    int Backend, long Answered, double AnsweredPerSecond, double? P50Ms, double? P99Ms,
    long Expired, long Lost, long Displaced, long Replayed);

/// <summary>How that is written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TopView))]
internal sealed partial class TopJson : JsonSerializerContext;
