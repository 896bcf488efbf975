using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>
/// systemd tells by JOURNAL_STREAM which stream leads to its journal; here a shell says so of the
/// pipe to the test.
/// </summary>
public sealed class JournalStreamTests : IDisposable
{
    readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Lines_have_priorities_where_stdout_is_the_journal() => Assert.StartsWith(
        "<6>starting up  ", await FirstLine("$(stat -Lc %d:%i /proc/$$/fd/1)"));

    [Fact]
    public async Task They_have_none_where_somebody_has_put_another_stream_in_its_place() =>
        Assert.StartsWith("{\"v\":0,", await FirstLine("$(stat -Lc %d:%i /proc/$$/fd/2)"));

    async Task<string> FirstLine(string stream)
    {
        await using var process = ChildProcess.Start(
            "/bin/sh",
            [
                "-c", $"export JOURNAL_STREAM={stream}; exec \"$0\" \"$@\"",
                BalancerProcess.Binary, "-s", _directory.Path, "-b", "127.0.0.1",
                "-p", $"{FreePort.Take()}", "--control", "off",
            ]);
        return await process.Output.WaitFor(_ => true, "a line of the log");
    }
}
