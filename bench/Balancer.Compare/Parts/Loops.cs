using Balancer.Compare.Contenders;
using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

/// <summary>One loop beside two, where there is no core to spare.</summary>
sealed record Loops() : Part("loops", "One loop and two")
{
    const int Rounds = 3;
    static readonly TimeSpan HelpWithin = TimeSpan.FromSeconds(5);

    public override async Task<Finding> Run(Bench bench)
    {
        if (!await IsOffered(bench))
            return new(Name, Title, "Not measured: this balancer has no `--loops`.", null, []);
        var sheet = new Saturated(Balancer);
        var two = Field.OfBalancer(
            "balancer --loops 2", "two loops", bench.Tools, "--loops", "2");
        await bench.InTurn(
            [bench.Field.Balancer, two],
            contender => sheet.Measure(
                bench, contender, Load.Saturating(1_000), everywhere: true),
            Math.Min(Rounds, bench.Rounds));
        return Found(
            "Saturation, 1,000 clients; contender, load and backends share all cores. On a machine "
                + "with two, a second loop takes its time from load and backends: this shows that "
                + "it works, not what it gains.",
            sheet.Compared());
    }

    static async Task<bool> IsOffered(Bench bench)
    {
        var log = bench.NextPath("help");
        using var help = Child.Start(
            new(bench.Tools.Balancer, "--help"), bench.Cores, bench.Cores.Others, log);
        await help.Exit(bench.Stop).WaitAsync(HelpWithin);
        return help.ExitCode != 0
            ? throw new Unmeasurable($"balancer --help ended with {help.ExitCode}")
            : help.Log.Contains("--loops", StringComparison.Ordinal);
    }
}
