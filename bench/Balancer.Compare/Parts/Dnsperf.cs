using System.Globalization;
using System.Text.RegularExpressions;
using Balancer.Compare.Figures;
using Balancer.Compare.Running;

namespace Balancer.Compare.Parts;

// The same contenders under a load tool that is not ours: should the order differ from what
// balancer-load finds, one of the two is wrong. It asks from one address and without trains, so it
// is the bottleneck sooner.
sealed partial record Dnsperf() : Part("dnsperf", "The same by dnsperf, 1 client")
{
    const int Rounds = 3;
    static readonly Column PerSecond = new("queries/s");
    static readonly Column Cost = new("CPU µs/query", "0.00");
    static readonly Column Lost = new("lost");

    public override async Task<Finding> Run(Bench bench)
    {
        var names = bench.NextPath("names");
        File.WriteAllLines(names, Enumerable.Range(0, 1_000).Select(i => $"n{i}.compare.test A"));
        var sheet = new Sheet("", PerSecond, Cost, Lost);
        await bench.InTurn(
            bench.Of(bench.Field.All),
            async contender =>
            {
                using var stand = await bench.Set(contender);
                var before = Usage.Of(stand.Contender.Id).Cpu;
                var told = await Tell(bench, stand.Port, names);
                var answered = Value(AnsweredLine(), told);
                var cpu = Usage.Of(stand.Contender.Id).Cpu - before;
                sheet.Add(contender.Name, PerSecond, Value(PerSecondLine(), told));
                sheet.Add(contender.Name, Cost, cpu.TotalMicroseconds / answered);
                sheet.Add(contender.Name, Lost, Value(LostLine(), told));
            },
            Math.Min(Rounds, bench.Rounds));
        return Found("Closed loop, UDP, 192 outstanding, 16 ports, no trains.", sheet);
    }

    static async Task<string> Tell(Bench bench, int port, string names)
    {
        using var dnsperf = Child.Start(
            new(
                "dnsperf", "-s", "127.0.0.1", "-p", $"{port}", "-d", names, "-q", "192", "-c", "16",
                "-l", Math.Max(1, bench.Seconds).ToString("0", CultureInfo.InvariantCulture)),
            bench.Cores, bench.Cores.Others, bench.NextPath("dnsperf"));
        await dnsperf.Exit(bench.Stop);
        return dnsperf.Log;
    }

    static double Value(Regex line, string told) => line.Match(told) is { Success: true } match
        ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : throw new Unmeasurable($"dnsperf does not say {line}: {told.Trim()}");

    [GeneratedRegex(@"Queries per second: +([\d.]+)")]
    private static partial Regex PerSecondLine();

    [GeneratedRegex(@"Queries completed: +(\d+)")]
    private static partial Regex AnsweredLine();

    [GeneratedRegex(@"Queries lost: +(\d+)")]
    private static partial Regex LostLine();
}
