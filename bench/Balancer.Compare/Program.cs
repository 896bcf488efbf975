// COMPARE: the balancer beside a yardstick and beside what people use, on this machine, now.
//
// Contenders are values, parts are questions. Each part sets up the contenders it wants, one after
// the other in several rounds, each time as fresh processes in front of four fresh backends: the
// contender alone on one core, load and backends on the others. It reads what /proc says of the
// contender, keeps every round, and compares round with round, since the speed of a shared machine
// drifts. The report has a table each part and a verdict each target.
//
// Not promised: absolute figures that hold elsewhere. Loopback only; each load is bounded in time
// or count; on SIGINT or SIGTERM all processes end and all files go.

using System.Diagnostics;
using Balancer.Compare;
using Balancer.Compare.Contenders;
using Balancer.Compare.Figures;
using Balancer.Compare.Parts;
using Balancer.Compare.Running;

return await CommandLine.Run(
    args, options => Stoppable.Run("compare", stop => Compare(options, stop)));

static async Task<int> Compare(Options options, CancellationToken stop)
{
    var began = Stopwatch.GetTimestamp();
    var busy = Machine.LoadAverage();
    var findings = new List<Finding>();
    Contender[] contenders;
    using (var bench = new Bench(options, Cores.Deal(), Console.Error, stop))
    {
        contenders = [.. bench.Of(bench.Field.All)];
        foreach (var part in Part.All.Where(part => options.Parts.Contains(part.Name)))
        {
            bench.Say($"== {part.Title}");
            findings.Add(await Run(part, bench));
        }
    }
    var took = Stopwatch.GetElapsedTime(began);
    var report = Report.Text(
        options.Command,
        options.Commit,
        busy,
        $"{options.Rounds} rounds of {options.Seconds} s, {took.TotalMinutes:0.0} minutes in all",
        contenders,
        findings);
    Console.Write(report);
    if (options.Markdown is { } path)
        Report.Write(path, "bench/compare", report);
    return findings.Exists(found => found.Sheet is null) ? Stoppable.Failed : 0;
}

// A part that cannot be measured says so in its place; the others go on.
static async Task<Finding> Run(Part part, Bench bench)
{
    try
    {
        return await part.Run(bench);
    }
    catch (Unmeasurable why)
    {
        bench.Say($"not measured: {why.Message}");
        return new(part.Name, part.Title, $"Not measured: {why.Message}", null, []);
    }
}
