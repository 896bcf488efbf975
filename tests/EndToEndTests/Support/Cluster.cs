using System.Net;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// A balancer with node-mname servers behind it. Its clients have addresses of 127.1.0.0/16; none
/// is known before it asks.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    readonly TestDirectory _directory = new();
    readonly Dictionary<string, NodeServer> _nodes = [];
    BalancerProcess? _balancer;
    byte _lastClient;

    public BalancerProcess Balancer => _balancer!;

    public NodeServer this[string name] => _nodes[name];

    /// <summary>Starts servers and balancer; it has met them all when this returns.</summary>
    public static async Task<Cluster> Start(params string[] names)
    {
        NodeModules.Require();
        var cluster = new Cluster();
        try
        {
            foreach (var name in names)
                await cluster.StartNode(name);
            cluster._balancer = await BalancerProcess.Start(cluster._directory.Path);
            await cluster.Balancer.IsServedBy(names);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public string PathOf(string backend) => _directory[backend];

    /// <summary>Starts a server, or one in the place of one that was killed.</summary>
    public async Task<NodeServer> StartNode(string name)
    {
        var node = await NodeServer.Start(PathOf(name));
        if (_nodes.Remove(name, out var before))
            await before.DisposeAsync();
        return _nodes[name] = node;
    }

    public DnsAsker NewClient() =>
        new(new IPAddress([127, 1, 0, ++_lastClient]), Balancer.Port);

    public DnsAsker[] NewClients(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => NewClient())];

    /// <summary>A client that is served by this backend, found by asking.</summary>
    public async Task<DnsAsker> ClientOf(string backend)
    {
        while (true)
        {
            var client = NewClient();
            if ((await client.AskUdp()).Backend == backend)
                return client;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_balancer is not null)
            await _balancer.DisposeAsync();
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();
        _directory.Dispose();
    }
}
