using System.Text.Json;
using System.Text.Json.Serialization;
using Balancer.Load.Asking;

namespace Balancer.Load.Figures;

/// <summary>The figures of a run; times in microseconds unless their name says seconds.</summary>
sealed record Result
{
    const int Thousand = 1_000;

    /// <summary><c>udp</c> or <c>tcp</c>.</summary>
    public required string Proto { get; init; }
    public required double Seconds { get; init; }
    public required long Sent { get; init; }
    public required long Answered { get; init; }
    /// <summary>Of the answered: after more than a second.</summary>
    public required long Slow { get; init; }
    public required long Lost { get; init; }
    public required long Doubled { get; init; }
    public required long Late { get; init; }
    public required long Wrong { get; init; }
    public required long Refused { get; init; }
    /// <summary>Queries that fell due and found no room to wait in.</summary>
    public required long Unsent { get; init; }
    /// <summary>Answers that our own sockets had no room for.</summary>
    public required long Dropped { get; init; }
    public required double PerSecond { get; init; }
    public required double P50 { get; init; }
    public required double P90 { get; init; }
    public required double P99 { get; init; }
    public required double P999 { get; init; }
    public required double Max { get; init; }
    public required double DueP50 { get; init; }
    public required double DueP99 { get; init; }
    public required double CpuSeconds { get; init; }

    /// <summary>Of a run that is over.</summary>
    public static Result Of(LoadRun run, bool overTcp, TimeSpan cpu)
    {
        var tally = run.Tally;
        var seconds = (double)run.Duration / Clock.Second;
        return new()
        {
            Proto = overTcp ? "tcp" : "udp",
            Seconds = Math.Round(seconds, 6),
            Sent = tally.Sent,
            Answered = tally.Answered,
            Slow = tally.Slow,
            Lost = tally.Lost,
            Doubled = tally.Doubled,
            Late = tally.Late,
            Wrong = tally.Wrong,
            Refused = tally.Refused,
            Unsent = run.Unsent,
            Dropped = run.Dropped,
            PerSecond = Math.Round(seconds > 0 ? tally.Answered / seconds : 0, 1),
            P50 = Microseconds(tally.Latency.At(0.5)),
            P90 = Microseconds(tally.Latency.At(0.9)),
            P99 = Microseconds(tally.Latency.At(0.99)),
            P999 = Microseconds(tally.Latency.At(0.999)),
            Max = Microseconds(tally.Latency.Longest),
            DueP50 = Microseconds(tally.FromDue.At(0.5)),
            DueP99 = Microseconds(tally.FromDue.At(0.99)),
            CpuSeconds = Math.Round(cpu.TotalSeconds, 6),
        };
    }

    /// <summary>One line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ResultJson.Default.Result);

    static double Microseconds(long nanoseconds) => Math.Round((double)nanoseconds / Thousand, 3);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Result))]
sealed partial class ResultJson : JsonSerializerContext;
