using System.Diagnostics;
using Balancer.EndToEndTests.Support;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>The daemon as a process whose stdout cannot be written to.</summary>
public sealed class BrokenStdoutTests : IDisposable
{
    const int Heartbeats = 4;

    readonly TestDirectory _directory = new();
    readonly TaskCompletionSource _serving = new();
    readonly RogueBackend _backend;

    public BrokenStdoutTests() => _backend = new(_directory["5301"], Answer);

    public void Dispose()
    {
        _backend.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public Task It_serves_with_stdout_closed() => Serves("exec \"$0\" \"$@\" >&-");

    [Fact]
    public Task It_serves_with_no_stream_at_all() => Serves("exec \"$0\" \"$@\" <&- >&- 2>&-");

    [Fact]
    public Task It_serves_with_the_disk_of_its_log_full() => Serves(
        "exec \"$0\" \"$@\" >/dev/full");

    [Fact]
    public Task It_serves_when_nobody_reads_the_pipe_any_more() => Serves("exec \"$0\" \"$@\"");

    async Task Serves(string script)
    {
        var start = new ProcessStartInfo("/bin/sh",
        [
            "-c", script, BalancerProcess.Binary, "-s", _directory.Path, "-b", "127.0.0.1",
            "-p", $"{FreePort.Take()}", "-l", "trace",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            // The end of the pipe from which lines would be read.
            process.StandardOutput.Close();
            var errors = process.StandardError.ReadToEndAsync();
            await _serving.Task.Within("heartbeats, each with two lines in the log");
            process.Send(Signal.Terminate);
            await process.WaitForExitAsync().Within("the exit");
            Assert.Equal(("", 0), (await errors, process.ExitCode));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    async Task Answer(WirePeer peer)
    {
        await peer.Send(WireBytes.Bare(FrameType.ServerHello));
        for (var beats = 0; ; beats++)
        {
            if (beats == Heartbeats)
                _serving.TrySetResult();
            while ((await peer.NextFrame()).Type != FrameType.ClientHeartbeat)
                continue;
            await peer.Send(WireBytes.Bare(FrameType.ServerHeartbeat));
        }
    }
}
