using System.Text.Json;

namespace Balancer.Compare.Running;

/// <summary>What balancer-load tells; times in microseconds.</summary>
/// <param name="Seconds">From the first query to the last answer.</param>
/// <param name="Sent">Queries that left.</param>
/// <param name="Answered">Of those: answered as they should be, within the patience.</param>
/// <param name="Slow">Of the answered: after more than a second.</param>
/// <param name="Doubled">Answers beyond a query's first.</param>
/// <param name="Late">Answers beyond the patience.</param>
/// <param name="Wrong">Answers to no question.</param>
/// <param name="Refused">Queries that could not leave, connections that came to nothing.</param>
/// <param name="Dropped">Answers that the load's own sockets had no room for.</param>
/// <param name="PerSecond">Answers.</param>
/// <param name="P50">Latency.</param>
/// <param name="P99">Latency.</param>
/// <param name="P999">Latency.</param>
/// <param name="Max">Latency.</param>
sealed record LoadReport(
    double Seconds, long Sent, long Answered, long Slow, long Doubled, long Late, long Wrong,
    long Refused, long Dropped, double PerSecond, double P50, double P99, double P999, double Max)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Whatever was sent and not answered as it should, in time.</summary>
    public long Lost => Sent - Answered;

    /// <summary>From the line that the tool writes; null if it is none.</summary>
    public static LoadReport? Of(string line) =>
        line.StartsWith('{') ? JsonSerializer.Deserialize<LoadReport>(line, Json) : null;
}
