using System.Diagnostics;
using Balancer.Daemon.Narration;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Serilog.Events;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>
/// The lines as the <c>bunyan</c> program from npm reads them; it comes with node-mname.
/// </summary>
public sealed class BunyanProgramTests
{
    static readonly BackendId Id = new(5301);

    public BunyanProgramTests() => NodeModules.Require();

    [Fact]
    public async Task It_shows_our_lines_as_it_shows_the_original_s()
    {
        var shown = await Bunyan(Lines(narrator => narrator.Tell(
            new BalancerEvent.BackendFound(Id, "/s/5301"))), "--no-color");
        var who = $"mname-balancer/{Environment.ProcessId} on {Environment.MachineName}";
        Assert.EndsWith(
            $"Z]  INFO: {who}: new backend (be_id=5301, be_path=/s/5301)\n", shown,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("trace", 6)]
    [InlineData("debug", 5)]
    [InlineData("info", 4)]
    [InlineData("warn", 3)]
    [InlineData("error", 2)]
    [InlineData("fatal", 1)]
    public async Task It_knows_our_levels(string level, int lines)
    {
        var log = Written.By(new(LogLevel.Trace), (_, log) =>
        {
            foreach (var level in Enum.GetValues<LogEventLevel>())
                log.Write(level, "x");
        });
        var shown = await Bunyan(log, "--no-color", "-l", level);
        Assert.Equal(lines, shown.Count(c => c == '\n'));
    }

    [Fact]
    public async Task It_finds_our_fields()
    {
        var log = Lines(narrator =>
        {
            foreach (var id in (int[])[5301, 5302])
                narrator.Tell(new BalancerEvent.BackendFound(new(id), $"/s/{id}"));
        });
        var shown = await Bunyan(log, "--no-color", "-c", "this.be_id === 5302");
        Assert.Contains("be_path=/s/5302", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("5301", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_shows_the_stack_of_an_exception()
    {
        var shown = await Bunyan(
            Lines(narrator => narrator.Failed(new IOException("a bug"))), "--no-color");
        Assert.Contains("ERROR: mname-balancer", shown, StringComparison.Ordinal);
        Assert.Contains("    System.IO.IOException: a bug", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_takes_no_line_for_something_else()
    {
        var log = Lines(narrator => narrator.Tell(new BalancerEvent.EntryIgnored(
            "/s/\"a\n\e[31m\u0000ü", IgnoredBecause.NotASocket)));
        // --strict leaves out what is no bunyan record.
        var shown = await Bunyan(log, "--strict", "-o", "json-0");
        Assert.Contains("\"msg\":\"not a socket (ignored)\"", shown, StringComparison.Ordinal);
    }

    static string Lines(Action<Narrator> saying) =>
        Written.By(new(LogLevel.Trace), (narrator, _) => saying(narrator));

    static async Task<string> Bunyan(string log, params string[] arguments)
    {
        var program = Path.Combine(
            NodeModules.Directory, "node_modules", "bunyan", "bin", "bunyan");
        using var process = Process.Start(new ProcessStartInfo("node", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        await process.StandardInput.WriteAsync(log);
        process.StandardInput.Close();
        var shown = await process.StandardOutput.ReadToEndAsync().Within("bunyan's lines");
        await process.WaitForExitAsync().Within("bunyan's exit");
        Assert.Equal(0, process.ExitCode);
        return shown;
    }
}
