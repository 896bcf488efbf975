using BenchmarkDotNet.Attributes;

namespace Balancer.Micro;

/// <summary>
/// A fifth backend has joined four that share 100,000 remotes, and everybody has asked. A look
/// walks over all of them twice and moves as many as one may, a budget aside. It is some turns of
/// the loop, and datagrams wait as long as the longest of them takes.
/// </summary>
public class RebalanceBenchmarks
{
    private const int Remotes = 100_000, MovedAtMost = 4_096;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(15);
    private World _world = null!;

    [IterationSetup]
    public void Join()
    {
        _world = new(backends: 4, Remotes);
        _world.Pass(TimeSpan.FromSeconds(1));
        _world.Join();
        _world.AskAll();
    }

    [IterationCleanup]
    public void End()
    {
        World.Demand(_world.RemotesOfLast == MovedAtMost, "a look moves as many as it may");
        _world.Dispose();
    }

    [Benchmark(Description = "a look, and 4,096 moves")]
    public void Look() => _world.Pass(Between);
}
