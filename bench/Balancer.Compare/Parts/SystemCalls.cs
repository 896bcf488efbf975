using System.Globalization;
using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

// System calls per query: the figure that a busy machine does not blur.
//
// Two count them, in slices of their own. perf reads the kernel's tracepoint and disturbs nobody,
// but not every kernel lets it. strace works everywhere and slows what it watches several times
// over, so that bursts are as full as they can be: what it finds is the least. The verdict is on
// perf's count where there is one.
sealed record SystemCalls() : Part("syscalls", "System calls per query at saturation")
{
    const int Rounds = 3;
    const double Seconds = 1;
    static readonly TimeSpan Attaching = TimeSpan.FromMilliseconds(300);
    static readonly Column ByPerf = new("calls/query, by perf", "0.000");
    static readonly Column ByStrace = new("at full bursts, by strace", "0.000");

    public override async Task<Finding> Run(Bench bench)
    {
        var sheet = new Sheet("", ByPerf, ByStrace);
        var mayTrace = await MayTrace(bench);
        await bench.InTurn(
            bench.Of(bench.Field.All),
            async contender =>
            {
                using var stand = await bench.Set(contender);
                await stand.Measure(Load.Saturating(1_000).For(bench.WarmUp));
                if (mayTrace)
                    sheet.Add(contender.Name, ByPerf, await Count(bench, stand, Perf));
                sheet.Add(contender.Name, ByStrace, await Count(bench, stand, Strace));
            },
            Math.Min(Rounds, bench.Rounds));
        return Found(
            "1,000 clients, load as above, slices of 1 s. `perf stat -e raw_syscalls:sys_enter` "
                + "counts undisturbed (–: this kernel or user may not); `strace -c` slows what it "
                + "watches, so that its bursts are full.",
            sheet,
            Verdict.AtMost(
                "system calls per query", 0.6,
                sheet[Balancer, mayTrace ? ByPerf : ByStrace], unit: ""));
    }

    static Command Perf(string summary, IEnumerable<int> processes) => new(
        "perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-o", summary,
        "-p", string.Join(',', processes));

    static Command Strace(string summary, IEnumerable<int> processes) => new(
        "strace",
        [
            "-c", "-f", "-U", "calls,name", "-o", summary,
            .. processes.SelectMany(process => new[] { "-p", $"{process}" }),
        ]);

    static async Task<double> Count(
        Bench bench, Stand stand, Func<string, IEnumerable<int>, Command> counting)
    {
        var summary = bench.NextPath("calls");
        var family = Usage.Family(stand.Contender.Id);
        using var counter = Child.Start(
            counting(summary, family), bench.Cores, bench.Cores.Others, bench.NextPath("counter"));
        await Task.Delay(Attaching, bench.Stop);
        counter.MustRun();
        var slice = await stand.Measure(Load.Saturating(1_000).For(Seconds));
        counter.Signal(Libc.SigInt);
        await counter.Exit(bench.Stop);
        return (double)Sum(File.ReadLines(summary)) / slice.Load.Answered;
    }

    static async Task<bool> MayTrace(Bench bench)
    {
        using var trial = Child.Start(
            new("perf", "stat", "-e", "raw_syscalls:sys_enter", "true"),
            bench.Cores, bench.Cores.Others, bench.NextPath("perf"));
        await trial.Exit(bench.Stop);
        return trial.ExitCode == 0;
    }

    // perf: count,unit,event,…   strace: a line "calls name" each call, their total at the end.
    static long Sum(IEnumerable<string> summary) => summary
        .Select(line => line.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries))
        .Where(fields => fields.Length > 1 && fields[1] != "total")
        .Sum(fields => long.TryParse(fields[0], CultureInfo.InvariantCulture, out var n) ? n : 0);
}
