using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

/// <summary>A load that leaves room: cost and latency.</summary>
sealed record Steady() : Part("steady", "20,000 queries a second, 1,000 clients")
{
    const int Rate = 20_000;
    static readonly Column Cost = new("CPU µs/query", "0.00");
    static readonly Column OverLimit = new("over limit's", "0.000");
    static readonly Column P50 = new("p50 µs");
    static readonly Column P99 = new("p99 µs");
    static readonly Column Lost = new("lost");

    public override async Task<Finding> Run(Bench bench)
    {
        var sheet = new Sheet("", Cost, OverLimit, P50, P99, Lost);
        await bench.InTurn(bench.Of(bench.Field.All), async contender =>
        {
            using var stand = await bench.Set(contender);
            var slice = await stand.MeasureWarm(Load.Steady(Rate, 1_000));
            sheet.Add(contender.Name, Cost, slice.MicrosecondsPerAnswer);
            sheet.Add(contender.Name, P50, slice.Load.P50);
            sheet.Add(contender.Name, P99, slice.Load.P99);
            sheet.Add(contender.Name, Lost, slice.Load.Lost);
        });
        sheet.CompareAll(Cost, Limit, OverLimit);
        Verdict Beside(string what, Column column, double goal) => Verdict.AtMost(
            $"{what} at 20,000 queries/s over limit's", goal,
            sheet[Balancer, column].Over(sheet[Limit, column]));
        return Found(
            "Open loop, UDP, single queries; latency from sending to answer.",
            sheet,
            Beside("CPU per query", Cost, 1.15), Beside("p50", P50, 1.1), Beside("p99", P99, 1.1));
    }
}
