using System.Diagnostics;

namespace Balancer.Compare.Running;

/// <summary>A load on its way: balancer-load, as a process that ends by itself.</summary>
sealed class Asking : IDisposable
{
    readonly Load _load;
    readonly Process _process;

    Asking(Load load, Process process) => (_load, _process) = (load, process);

    /// <summary>Begins.</summary>
    /// <param name="load">How to ask.</param>
    /// <param name="tool">The executable.</param>
    /// <param name="port">Of 127.0.0.1, where the contender listens.</param>
    /// <param name="pinned">Starts it on the cores where it belongs.</param>
    public static Asking Begin(
        Load load, string tool, int port, Func<Func<Process>, Process> pinned)
    {
        var start = new ProcessStartInfo(
            tool, ["--to", $"127.0.0.1:{port}", "--json", .. load.Arguments])
        {
            RedirectStandardOutput = true,
        };
        return new(load, pinned(() => Process.Start(start)!));
    }

    /// <summary>No more questions; what waits for its answer still does.</summary>
    public void Stop() => Libc.Signal(_process.Id, Libc.SigTerm);

    /// <summary>What it tells at its end.</summary>
    /// <exception cref="Unmeasurable">The tool failed.</exception>
    public async Task<LoadReport> Report(CancellationToken stop)
    {
        var line = await _process.StandardOutput.ReadToEndAsync(stop);
        await _process.WaitForExitAsync(stop);
        return (_process.ExitCode == 0 ? LoadReport.Of(line) : null) ?? throw new Unmeasurable(
            $"balancer-load {string.Join(' ', _load.Arguments)} ended with "
                + $"{_process.ExitCode}: {line.Trim()}");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}
