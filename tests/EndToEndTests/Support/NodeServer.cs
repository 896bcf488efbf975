namespace Balancer.EndToEndTests.Support;

/// <summary>A node-mname process (node/server.js) that listens on one socket.</summary>
internal sealed class NodeServer : IAsyncDisposable
{
    readonly ChildProcess _process;

    NodeServer(ChildProcess process, string name)
    {
        _process = process;
        Name = name;
    }

    /// <summary>The name of its socket file, with which it answers.</summary>
    public string Name { get; }

    /// <summary>Starts one; it listens when this returns.</summary>
    public static async Task<NodeServer> Start(string path)
    {
        NodeModules.Require();
        var script = Path.Combine(NodeModules.Directory, "server.js");
        var server = new NodeServer(
            ChildProcess.Start("node", ["--no-deprecation", script, path]),
            Path.GetFileName(path));
        try
        {
            await server.Says($"ready {server.Name}");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a slow query has arrived there.</summary>
    public Task IsAsked(string name) => Says($"asked {name}");

    /// <summary>Ends it without a chance to tidy up: the socket file stays.</summary>
    public async Task Kill()
    {
        _process.Send(Signal.Kill);
        await _process.Exit();
    }

    /// <summary>Stops it dead: its sockets stay open, and nobody answers.</summary>
    public void Freeze() => _process.Send(Signal.Stop);

    public void Thaw() => _process.Send(Signal.Continue);

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    Task<string> Says(string line) => _process.Output.WaitFor(said => said == line, $"\"{line}\"");
}
