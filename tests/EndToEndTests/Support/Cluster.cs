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
    readonly TestDirectory _control = new();
    BalancerProcess? _balancer;
    Door? _door;
    byte _lastClient;

    public BalancerProcess Balancer => _balancer!;

    /// <summary>Its control socket, of one that was started with a door.</summary>
    public Door Door => _door!;

    public NodeServer this[string name] => _nodes[name];

    /// <summary>Starts servers and balancer; it has met them all when this returns.</summary>
    public static Task<Cluster> Start(params string[] names) => Start(names, []);

    /// <summary>The same, with a control socket that is open when this returns.</summary>
    public static async Task<Cluster> StartWithDoor(string[] names, params string[] more)
    {
        var cluster = new Cluster();
        var path = cluster._control["control.sock"];
        cluster._door = new(path);
        await cluster.Begin(names, ["--control", path, .. more]);
        await cluster.Balancer.Says("control socket is open");
        return cluster;
    }

    static async Task<Cluster> Start(string[] names, string[] more)
    {
        var cluster = new Cluster();
        await cluster.Begin(names, more);
        return cluster;
    }

    async Task Begin(string[] names, string[] more)
    {
        NodeModules.Require();
        try
        {
            foreach (var name in names)
                await StartNode(name);
            _balancer = await BalancerProcess.Start(_directory.Path, more);
            await Balancer.IsServedBy(names);
        }
        catch
        {
            await DisposeAsync();
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
        _door?.Dispose();
        _directory.Dispose();
        _control.Dispose();
    }
}
