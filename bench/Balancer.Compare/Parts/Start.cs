using Balancer.Compare.Figures;

namespace Balancer.Compare.Parts;

/// <summary>From exec to the first answer, and what is in memory then.</summary>
sealed record Start() : Part("start", "From exec to the first answer")
{
    const int Runs = 20;
    const double Megabyte = 1_000_000;
    static readonly Column First = new("first answer, ms", "0.0");
    static readonly Column Resident = new("resident at rest, MB", "0.0");

    public override async Task<Finding> Run(Bench bench)
    {
        var sheet = new Sheet("", First, Resident);
        await bench.InTurn(
            bench.Of(bench.Field.All),
            async contender =>
            {
                using var stand = await bench.Set(contender);
                sheet.Add(contender.Name, First, stand.FirstAnswer.TotalMilliseconds);
                var resident = Running.Usage.Of(stand.Contender.Id).Resident;
                sheet.Add(contender.Name, Resident, resident / Megabyte);
            },
            Runs);
        return Found(
            $"{Runs} starts, its four backends up; a client asks once a millisecond until it is "
                + "answered. The time includes fork and the exec of a shell that becomes the "
                + "program. Memory is VmRSS of all its processes 150 ms later.",
            sheet,
            Verdict.AtMost("exec to first answer", 60, sheet[Balancer, First], "0.0", "ms"),
            Verdict.AtMost("resident at rest", 40, sheet[Balancer, Resident], "0.0", "MB"));
    }
}
