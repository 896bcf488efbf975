using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Remotes;

/// <summary>Clients that go on asking, each as often as it likes, every five seconds.</summary>
sealed class Crowd
{
    readonly SimulatedClient[] _clients;
    readonly int[] _appetites;

    /// <summary>All of them established, in turn with these backends.</summary>
    public Crowd(BalancerOptions options, int[] backends, params int[] appetites)
    {
        World = new World(options with { RingBytes = 1 << 20 });
        World.With(backends);
        _clients = World.Clients(appetites.Length);
        _appetites = appetites;
        World.AllAsk(_clients);
        World.Run(2.Seconds());
    }

    /// <summary>So many clients of the same appetite, and one backend for all of them.</summary>
    public static Crowd Of(int clients, BalancerOptions options) =>
        new(options, [5301], [.. Enumerable.Repeat(1, clients)]);

    public World World { get; }

    public SimulatedClient this[int client] => _clients[client];

    /// <summary>Who was moved, when, and to whom.</summary>
    public IReadOnlyList<(TimeSpan At, ClientAddress Client, BackendId Backend)> Moves =>
    [
        .. World.FactsOf<BalancerEvent.RemoteAssigned>()
            .Where(told => told.Fact.Reason == AssignedBecause.Rebalanced)
            .Select(told => (told.At, told.Fact.Client, told.Fact.Backend)),
    ];

    /// <summary>How many remotes this backend has.</summary>
    public int RemotesOf(int id) => World.Control.Routes.RemotesOf(new(id));

    /// <summary>What a backend's remotes ask for each time.</summary>
    public int LoadOf(int id) => _clients
        .Zip(_appetites)
        .Where(client => World.Remote(client.First)!.Value.Primary.Value == id)
        .Sum(client => client.Second);

    /// <summary>They ask every five seconds, for so long.</summary>
    public void AskFor(TimeSpan span)
    {
        for (var left = span; left > TimeSpan.Zero; left -= 5.Seconds())
        {
            for (var round = 0; round < _appetites.Max(); round++)
            {
                World.AllAsk(_clients.Where((_, i) => _appetites[i] > round));
                World.Settle();
            }
            World.Run(left < 5.Seconds() ? left : 5.Seconds());
        }
    }
}
