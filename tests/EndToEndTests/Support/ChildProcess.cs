using System.Diagnostics;

namespace Balancer.EndToEndTests.Support;

/// <summary>A process of the test's own: its lines, its end, and nothing left behind.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    readonly Process _process;
    readonly Task _reading;

    ChildProcess(Process process, string name)
    {
        _process = process;
        Output = new($"{name} (stdout)");
        Errors = new($"{name} (stderr)");
        _reading = Task.WhenAll(
            Read(process.StandardOutput, Output), Read(process.StandardError, Errors));
    }

    public Lines<string> Output { get; }

    public Lines<string> Errors { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;
        return new(Process.Start(start)!, Path.GetFileName(program));
    }

    public void Send(Signal signal) => _process.Send(signal);

    /// <summary>Waits for its end and its last line; gives the exit code.</summary>
    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync().Within($"the exit of {_process.StartInfo.FileName}");
        await _reading.Within("the last line");
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await Exit();
        _process.Dispose();
    }

    static async Task Read(StreamReader reader, Lines<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
            lines.Add(line);
        lines.End();
    }
}
