// MICRO: what the parts of the core cost, each alone, and the whole of a burst.
//
//   dotnet run -c Release --project bench/Balancer.Micro -- --filter '*'
//
// Everything runs in this process: nothing is generated and built a second time. A short job unless
// `--job` says otherwise; `--list flat` names the benchmarks. For comparing before with after on
// one machine in one hour; bench/guard counts instructions instead, which no neighbour disturbs.

using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(Job.ShortRun.AsDefault())
    .AddJob(Job.Default.WithToolchain(InProcessEmitToolchain.Instance).AsMutator())
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Min)
    .WithArtifactsPath(Path.Combine(AppContext.BaseDirectory, "results"));
var reports = BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
return reports.Any(report => report.HasCriticalValidationErrors
    || report.Reports.Any(each => !each.Success)) ? 1 : 0;
