using Balancer.Daemon;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>A command line without a process.</summary>
internal sealed class CommandLineWorld : IDisposable
{
    readonly StringWriter _output = new();
    readonly StringWriter _error = new();
    DaemonOptions? _served;
    DemoOptions? _demonstrated;

    public Dictionary<string, string?> Environment { get; } = [];

    public bool IsTerminal { get; set; }

    public bool IsJournal { get; set; }

    /// <summary>What serving and demonstrating return.</summary>
    public int ExitCode { get; set; }

    /// <summary>How often something was served or demonstrated.</summary>
    public int Runs { get; private set; }

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public Surroundings Surroundings =>
        new(
            _output, _error, name => Environment.GetValueOrDefault(name), IsTerminal, IsJournal);

    public int Run(params string[] args) =>
        Balancer.Daemon.CommandLine.Run(args, Serve, Demonstrate, Surroundings);

    /// <summary>The options with which these arguments serve.</summary>
    public DaemonOptions Serves(params string[] args)
    {
        _served = null;
        Assert.Equal((ExitCode, ""), (Run(args), Error));
        return _served!;
    }

    /// <summary>The options with which these arguments demonstrate.</summary>
    public DemoOptions Demonstrates(params string[] args)
    {
        _demonstrated = null;
        Assert.Equal((ExitCode, ""), (Run(args), Error));
        return _demonstrated!;
    }

    /// <summary>These arguments do nothing but make this line.</summary>
    public void Refuses(string line, params string[] args)
    {
        _error.GetStringBuilder().Clear();
        Assert.Equal(1, Run(args));
        Assert.Equal($"balancer: {line}\n", Error);
        Assert.Equal((0, ""), (Runs, Output));
    }

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    int Serve(DaemonOptions options)
    {
        _served = options;
        Runs++;
        return ExitCode;
    }

    int Demonstrate(DemoOptions options)
    {
        _demonstrated = options;
        Runs++;
        return ExitCode;
    }
}
