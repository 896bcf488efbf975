using System.Diagnostics;

namespace Balancer.Compare.Running;

/// <summary>A program and its arguments.</summary>
sealed record Command(string File, params IReadOnlyList<string> Arguments);

/// <summary>A process of ours: pinned, its output in a file, gone with its children when disposed.
/// </summary>
sealed class Child : IDisposable
{
    const int LogTail = 400;
    readonly Process _process;
    readonly string _log;

    Child(Process process, string log) => (_process, _log) = (process, log);

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public string Log => File.ReadAllText(_log);

    public long LogLength => new FileInfo(_log).Length;

    /// <summary>What it has written behind so many bytes; the last line may not be whole.</summary>
    public string LogFrom(long bytes)
    {
        using var file = File.OpenText(_log);
        file.BaseStream.Seek(bytes, SeekOrigin.Begin);
        return file.ReadToEnd();
    }

    /// <summary>Starts it. The shell between is only for the redirection; it becomes the program.
    /// </summary>
    public static Child Start(Command command, Cores cores, IReadOnlyList<int> on, string log)
    {
        var start = new ProcessStartInfo(
            "/bin/sh",
            [
                "-c", "exec \"$0\" \"$@\" </dev/null >>\"$LOG\" 2>&1",
                command.File, .. command.Arguments,
            ]);
        start.Environment["LOG"] = log;
        return new(cores.On(on, () => Process.Start(start)!), log);
    }

    /// <exception cref="Unmeasurable">It has ended; with its last words.</exception>
    public void MustRun()
    {
        if (!_process.HasExited)
            return;
        var said = Log.Trim();
        throw new Unmeasurable(
            $"{Path.GetFileName(_log)} ended with {ExitCode}: "
                + said[^Math.Min(LogTail, said.Length)..]);
    }

    public Task Exit(CancellationToken stop) => _process.WaitForExitAsync(stop);

    public void Signal(int signal) => Libc.Signal(Id, signal);

    /// <summary>SIGKILL to it alone, and no return before it is gone. Looks for no children,
    /// which would mean to read all of /proc beside what is being measured.</summary>
    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
