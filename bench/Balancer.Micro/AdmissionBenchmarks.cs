using Balancer.Rx.Forwarding;
using BenchmarkDotNet.Attributes;

namespace Balancer.Micro;

/// <summary>
/// Strangers, in bursts of 64 that become remotes in one edit and have their routes when it
/// returns. From none known to a quarter of a million: the growth of the tables is in the figure.
/// </summary>
public class AdmissionBenchmarks
{
    private const int Bursts = 4_096;
    private World _world = null!;

    [IterationSetup]
    public void Begin() => _world = new(backends: 4, clients: 0);

    [IterationCleanup]
    public void End()
    {
        World.Demand(
            _world.Control.Routes.Count == Bursts * DatagramBurst.Capacity, "all are admitted");
        _world.Dispose();
    }

    [Benchmark(
        Description = "admit a stranger", OperationsPerInvoke = Bursts * DatagramBurst.Capacity)]
    public void Admit()
    {
        for (var i = 0; i < Bursts; i++)
            _world.Admit();
    }
}
