using Balancer.Rx.Forwarding;
using BenchmarkDotNet.Attributes;

namespace Balancer.Micro;

/// <summary>
/// The whole way without the kernel: a full burst in by the forwarder, its answers out by the
/// sessions, over four backends. One operation is one datagram in and its answer out.
/// </summary>
public class BurstBenchmarks
{
    private World _world = null!;

    [Params(1, 1_024)]
    public int Clients { get; set; }

    [GlobalSetup]
    public void Begin() => _world = new(backends: 4, Clients);

    [GlobalCleanup]
    public void End()
    {
        var outcomes = _world.Control.Data.Outcomes;
        World.Demand(
            outcomes.Received == outcomes[Outcome.Answered], "all that asked are answered");
        _world.Dispose();
    }

    [Benchmark(
        Description = "in, and its answer out", OperationsPerInvoke = DatagramBurst.Capacity)]
    public void InAndOut()
    {
        _world.AskBurst();
        _world.AnswerBurst();
    }
}
