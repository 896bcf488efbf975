using System.Net;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// The built daemon as a process, on a port of 127.0.0.1 of its own. BALANCER_BINARY in the
/// environment names another executable to test, such as a native one.
/// </summary>
internal sealed class BalancerProcess : IAsyncDisposable
{
    readonly ChildProcess _process;

    BalancerProcess(ChildProcess process, int port)
    {
        _process = process;
        Port = port;
        process.Output.PassOn(raw => Log.Add(LogLine.Read(raw)), Log.End);
    }

    public static string Binary { get; } =
        Environment.GetEnvironmentVariable("BALANCER_BINARY") is { Length: > 0 } named
            ? named
            : Path.Combine(AppContext.BaseDirectory, "balancer");

    public int Id => _process.Id;

    public int Port { get; }

    public Lines<LogLine> Log { get; } = new("balancer");

    public bool HasExited => _process.HasExited;

    public IReadOnlyList<string> Errors => _process.Errors.All;

    /// <summary>Starts it on a socket directory; it listens when this returns.</summary>
    public static async Task<BalancerProcess> Start(string directory, params string[] more)
    {
        var port = FreePort.Take();
        string[] arguments =
        [
            "-s", directory, "-b", "127.0.0.1", "-p", $"{port}", "-l", "debug",
            "--log-format", "bunyan", .. more,
        ];
        var balancer = new BalancerProcess(Run(arguments), port);
        try
        {
            await balancer.Says("listening for UDP packets");
            await balancer.Says("listening for TCP packets");
        }
        catch (InvalidOperationException e)
        {
            await balancer.DisposeAsync();
            var errors = string.Join('\n', balancer.Errors);
            throw new InvalidOperationException($"{e.Message}\nOn stderr:\n{errors}", e);
        }
        return balancer;
    }

    /// <summary>Any command line of the daemon, with nothing taken from our environment.</summary>
    public static ChildProcess Run(
        IEnumerable<string> arguments, params (string Name, string? Value)[] environment)
    {
        var variables = new Dictionary<string, string?> { ["LOG_LEVEL"] = null };
        foreach (var (name, value) in environment)
            variables[name] = value;
        return ChildProcess.Start(Binary, arguments, variables);
    }

    /// <summary>A client of it, with an address of 127.0.0.0/8.</summary>
    public DnsAsker Client(string address) => new(IPAddress.Parse(address), Port);

    /// <summary>Waits for a message of the log, from a given line on.</summary>
    public Task<LogLine> Says(string message, int from = 0) =>
        Log.WaitFor(line => line.Message == message, $"\"{message}\"", from);

    /// <summary>Waits for a message about one backend.</summary>
    public Task<LogLine> SaysOf(string backend, string message, int from = 0) =>
        SaysOf(backend, [message], from);

    /// <summary>Waits for one of several messages about one backend.</summary>
    public Task<LogLine> SaysOf(
        string backend, string[] messages, int from = 0, TimeSpan? patience = null) =>
        Log.WaitFor(
            line => messages.Contains(line.Message)
                && Path.GetFileName(line["be_path"]) == backend,
            $"\"{string.Join("\" or \"", messages)}\" of {backend}", from, patience);

    public Task IsServedBy(params string[] backends) =>
        Task.WhenAll(backends.Select(name => SaysOf(name, "backend socket established")));

    public void Send(Signal signal) => _process.Send(signal);

    public Task<int> Exit() => _process.Exit();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
