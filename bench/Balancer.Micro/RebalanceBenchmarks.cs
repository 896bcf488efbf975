using BenchmarkDotNet.Attributes;

namespace Balancer.Micro;

/// <summary>
/// A fifth backend has joined four that share 100,000 remotes: a fifth of them move, a bounded
/// share each sweep. A sweep is one turn of the loop, so datagrams wait as long as one takes.
/// </summary>
public class RebalanceBenchmarks
{
    private const int Remotes = 100_000, Sweeps = 5;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(15);
    private World _world = null!;

    [IterationSetup]
    public void Join()
    {
        _world = new(backends: 4, Remotes);
        _world.Join();
    }

    [IterationCleanup]
    public void End() => _world.Dispose();

    [Benchmark(Description = "a sweep")]
    public void Sweep() => _world.Pass(Between);

    [Benchmark(Description = "all sweeps until it is even")]
    public void UntilEven()
    {
        for (var i = 0; i < Sweeps; i++)
            _world.Pass(Between);
        World.Demand(_world.IsEven, "every backend has its share in the end");
    }
}
