using Balancer.Rx;
using Balancer.Rx.Routing;
using BenchmarkDotNet.Attributes;

namespace Balancer.Micro;

/// <summary>A look-up of a known remote, and of the lane that carries its queries.</summary>
public class RouteBenchmarks
{
    private const int LookUps = 1 << 20;
    private const uint First = 0x0A000000;
    private static readonly BackendId[] Backends = [new(5301), new(5302), new(5303), new(5304)];

    private readonly uint[] _clients = new uint[LookUps];
    private RouteTable _routes = null!;

    [Params(1, 1_000, 1_000_000)]
    public int Remotes { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _routes = new(BalancerOptions.Default);
        for (var lane = 0; lane < Backends.Length; lane++)
            _routes.SetCarrier(Backends[lane], lane, BackendShare.Whole);
        for (var i = 0; i < Remotes; i++)
        {
            var primary = Backends[i % Backends.Length];
            _routes.Add(new(First + (uint)i), primary, backup: null, seen: 0);
        }
        var lot = new Random(1);
        foreach (ref var client in _clients.AsSpan())
            client = First + (uint)lot.Next(Remotes);
    }

    [Benchmark(Description = "look up a remote", OperationsPerInvoke = LookUps)]
    public int LookUp()
    {
        var sum = 0;
        foreach (var client in _clients)
            sum += _routes.Lane(_routes.Find(client));
        return sum;
    }
}
