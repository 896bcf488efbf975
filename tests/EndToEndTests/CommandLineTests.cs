using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>
/// Bad input ends the daemon with one line on stderr that names the option and the reason, and exit
/// code 1; never with a stack trace.
/// </summary>
public sealed partial class CommandLineTests : IDisposable
{
    readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    public static TheoryData<string[], string[]> BadArguments => new()
    {
        { ["-s", "DIR", "-x"], ["-x"] },
        { ["-s", "DIR", "--no-such-option"], ["--no-such-option"] },
        { [], ["-s"] },
        { ["-p", "5300"], ["-s"] },
        { ["-s"], ["-s"] },
        { ["-s", "DIR/missing"], ["-s", "missing"] },
        { ["-s", "DIR/file"], ["-s", "file"] },
        { ["-s", "DIR", "-p", "0"], ["-p", "0"] },
        { ["-s", "DIR", "-p", "65536"], ["-p", "65536"] },
        { ["-s", "DIR", "-p", "-1"], ["-p", "-1"] },
        { ["-s", "DIR", "-p", "53x"], ["-p", "53x"] },
        { ["-s", "DIR", "-p", ""], ["-p"] },
        { ["-s", "DIR", "-p"], ["-p"] },
        { ["-s", "DIR", "-b", "nowhere"], ["-b", "nowhere"] },
        { ["-s", "DIR", "-b", "127.0.0.256"], ["-b", "127.0.0.256"] },
        { ["-s", "DIR", "-b", "::1"], ["-b", "::1"] },
        { ["-s", "DIR", "-b", "192.0.2.1", "-p", "PORT"], ["-b", "192.0.2.1"] },
        { ["-s", "DIR", "-l", "loud"], ["-l", "loud"] },
        { ["-s", "DIR", "-l", ""], ["-l"] },
        { ["-s", "DIR", "--log-format", "xml"], ["--log-format", "xml"] },
    };

    [Theory]
    [MemberData(nameof(BadArguments))]
    public async Task A_bad_argument_is_refused_in_one_line(string[] arguments, string[] named)
    {
        File.WriteAllText(_directory["file"], "");
        var filled = arguments.Select(argument => argument
            .Replace("DIR", _directory.Path, StringComparison.Ordinal)
            .Replace("PORT", $"{FreePort.Take()}", StringComparison.Ordinal));
        await using var balancer = BalancerProcess.Run(filled);
        await IsRefused(balancer, named);
    }

    [Fact]
    public async Task A_bad_level_in_the_environment_is_refused()
    {
        await using var balancer = BalancerProcess.Run(
            ["-s", _directory.Path, "-p", $"{FreePort.Take()}"], ("LOG_LEVEL", "loud"));
        await IsRefused(balancer, "LOG_LEVEL", "loud");
    }

    [Theory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Stream)]
    public async Task A_port_that_is_in_use_is_refused(SocketType type)
    {
        var port = FreePort.Take();
        using var taken = new Socket(AddressFamily.InterNetwork, type, default);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, port));
        if (type is SocketType.Stream)
            taken.Listen();
        await using var balancer = BalancerProcess.Run(
            ["-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{port}"]);
        await IsRefused(balancer, "-p", $"{port}");
    }

    [Fact]
    public async Task W27_A_second_daemon_on_the_same_port_is_refused_and_the_first_lives()
    {
        await using var first = await BalancerProcess.Start(_directory.Path);
        await using var second = BalancerProcess.Run(
            ["-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{first.Port}"]);
        await IsRefused(second, "-p", $"{first.Port}");
        Assert.False(first.HasExited);
    }

    [Fact]
    public async Task Port_53_without_permission_is_refused()
    {
        const string firstFreePort = "/proc/sys/net/ipv4/ip_unprivileged_port_start";
        if (!File.Exists("/usr/bin/setpriv"))
            Assert.Skip("setpriv is not installed");
        if (int.Parse(File.ReadAllText(firstFreePort).Trim(), null) <= 53)
            Assert.Skip("here everybody may bind port 53");
        if (Environment.UserName != "root")
            Assert.Skip("only root can give the permission away");
        await using var balancer = ChildProcess.Start("/usr/bin/setpriv",
        [
            "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service",
            BalancerProcess.Binary, "-s", _directory.Path, "-b", "127.0.0.1",
        ]);
        await IsRefused(balancer, "-p", "53", "ermission");
    }

    [Theory]
    [InlineData("--help", "--socket")]
    [InlineData("--version", ".")]
    public async Task Help_and_version_go_to_stdout(string option, string expected)
    {
        await using var balancer = BalancerProcess.Run([option]);
        Assert.Equal(0, await balancer.Exit());
        Assert.Empty(balancer.Errors.All);
        Assert.Contains(balancer.Output.All, line =>
            line.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--version")]
    public async Task What_cannot_be_told_is_one_line(string option)
    {
        await using var balancer = ChildProcess.Start(
            "/bin/sh", ["-c", "exec \"$0\" \"$1\" >/dev/full", BalancerProcess.Binary, option]);
        await IsRefused(balancer, "No space left on device");
    }

    [Fact]
    public async Task What_is_told_stands_behind_what_others_wrote_to_the_same_file()
    {
        await using var balancer = ChildProcess.Start(
            "/bin/sh",
            [
                "-c", "(echo first; \"$0\" --version; echo last) >\"$1\"; cat \"$1\"",
                BalancerProcess.Binary, _directory["output"],
            ]);
        Assert.Equal(0, await balancer.Exit());
        var lines = balancer.Output.All;
        Assert.Equal((3, "first", "last"), (lines.Count, lines[0], lines[2]));
        Assert.StartsWith("balancer ", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_options_and_several_addresses_are_understood()
    {
        var port = FreePort.Take();
        await using var balancer = BalancerProcess.Run(
            ["-s", _directory.Path, "-b", "127.0.0.1", "-b", "127.0.0.2", "-p", $"{port}",
            "--log-format", "bunyan", "--compat"]);
        foreach (var address in (string[])["127.0.0.1", "127.0.0.2"])
        {
            await balancer.Output.WaitFor(
                line => LogLine.Read(line) is { Message: "listening for TCP packets" } said
                    && said["address"] == address && said["port"] == $"{port}",
                $"listening on {address}");
        }
        balancer.Send(Signal.Terminate);
        Assert.Equal(0, await balancer.Exit());
    }

    [Fact]
    public async Task Every_line_of_the_log_is_one_that_bunyan_reads()
    {
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        balancer.Send(Signal.Terminate);
        Assert.Equal(0, await balancer.Exit());
        Assert.Equal("starting up", balancer.Log.All[0].Message);
        foreach (var line in balancer.Log.All)
        {
            Assert.NotEqual("", line.Message);
            Assert.Equal("0", line["v"]);
            Assert.Equal("mname-balancer", line["name"]);
            Assert.Contains(line.Level, (int[])[10, 20, 30, 40, 50, 60]);
            Assert.NotNull(line["hostname"]);
            Assert.True(int.Parse(line["pid"]!, null) > 0);
            Assert.True(line.Time > DateTimeOffset.UnixEpoch);
        }
    }

    static async Task IsRefused(ChildProcess balancer, params string[] named)
    {
        Assert.Equal(1, await balancer.Exit());
        var line = Assert.Single(balancer.Errors.All);
        foreach (var name in named)
            Assert.Contains(name, line, StringComparison.Ordinal);
        Assert.DoesNotMatch(StackTrace(), string.Join('\n', balancer.Output.All));
        Assert.DoesNotMatch(StackTrace(), line);
    }

    [GeneratedRegex(@"^\s+at \w+|Exception|Unhandled", RegexOptions.Multiline)]
    private static partial Regex StackTrace();
}
