using System.Net;
using System.Text;
using Balancer.Daemon;
using Balancer.Daemon.Settings;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Settings;

/// <summary>A configuration file, and what is said of one that is not right.</summary>
public sealed class ConfigTextTests : IDisposable
{
    readonly CommandLineWorld _world = new();
    readonly TestDirectory _directory = new();

    public void Dispose()
    {
        _world.Dispose();
        _directory.Dispose();
    }

    string File => _directory["b.json"];

    DaemonOptions Serves(string text, params string[] flags)
    {
        System.IO.File.WriteAllText(File, text);
        return _world.Serves(["--config", File, .. flags]);
    }

    void Refuses(string line, string text, params string[] flags)
    {
        System.IO.File.WriteAllText(File, text);
        _world.Refuses(line.Replace("FILE", File), ["--config", File, .. flags]);
    }

    [Fact]
    public void Keys_are_the_flags_in_one_word()
    {
        var options = Serves(
            """
            {
              // as a shell would say it
              "socketDirectory": "/", "bind": ["127.0.0.2", "127.0.0.1"], "port": 5353,
              "maxTcpPerClient": 7, "allow": "10.0.0.0/8", "rateLimit": 5, /* and */ "rateSlip": 0,
              "probe": "example.com/SOA", "probeEvery": 3, "rebalanceBudget": 0.5,
              "backendUser": [65534, "root"], "http": "127.0.0.1:9053", "logLevel": "warn",
            }
            """);
        Assert.Equal([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback], options.Addresses);
        Assert.Equal(5353, options.Port);
        Assert.Equal([65_534u, 0u], options.BackendUsers);
        Assert.Equal(BalancerOptions.Default with
        {
            SocketDirectory = "/",
            MaxStreamsPerClient = 7,
            Allow = options.Core.Allow,
            RateLimit = 5,
            RateSlip = 0,
            Probe = new("example.com", 6, 0),
            ProbeEvery = TimeSpan.FromSeconds(3),
            RebalanceBudget = 0.005,
        }, options.Core);
        Assert.Equal(["10.0.0.0/8"], options.Core.Allow.Select(network => $"{network}"));
    }

    [Fact]
    public void What_has_no_flag_has_a_key()
    {
        var core = Serves(
            """
            {"socketDirectory": ".", "heartbeatEvery": "20ms", "tcpIdle": "1m", "holdDown": "0s",
             "backup": "round-robin", "filterDatagrams": false, "ringBytes": 524288}
            """).Core;
        Assert.Equal(BalancerOptions.Default with
        {
            SocketDirectory = ".",
            HeartbeatEvery = TimeSpan.FromMilliseconds(20),
            StreamIdle = TimeSpan.FromMinutes(1),
            HoldDown = TimeSpan.Zero,
            Backup = BackupPolicy.RoundRobin,
            FilterDatagrams = false,
            RingBytes = 524_288,
        }, core);
    }

    [Fact]
    public void Flags_go_before_the_file()
    {
        var options = Serves(
            """{"socketDirectory": "/missing is never read", "port": 53, "allow": ["10.0.0.0/8"]}"""
                .Replace("/missing is never read", "/"),
            "-p", "54", "--allow", "192.0.2.1", "-s", ".");
        Assert.Equal((54, "."), (options.Port, options.Core.SocketDirectory));
        Assert.Equal(["192.0.2.1/32"], options.Core.Allow.Select(network => $"{network}"));
    }

    [Fact]
    public void Compat_is_laid_before_what_stands_above_it()
    {
        var core = Serves(
            """{"socketDirectory": ".", "heartbeatEvery": "1s", "compat": true}""").Core;
        Assert.Equal(BalancerOptions.Compat with
        {
            SocketDirectory = ".",
            HeartbeatEvery = TimeSpan.FromSeconds(1),
        }, core);
    }

    [Theory]
    [InlineData("port 0: not a port (1 to 65535)", "\"port\": 0")]
    [InlineData("port 53.5: not a port (1 to 65535)", "\"port\": 53.5")]
    [InlineData("port \"53\": not a number (1 to 65535)", "\"port\": \"53\"")]
    [InlineData("port null: not a number (1 to 65535)", "\"port\": null")]
    [InlineData("port […]: not a number (1 to 65535)", "\"port\": [53]")]
    [InlineData("compat \"yes\": not true or false (true or false)", "\"compat\": \"yes\"")]
    [InlineData("bind \"::1\": not an IPv4 address (four numbers, 0 to 255)", "\"bind\": \"::1\"")]
    [InlineData(
        "heartbeatEvery \"5\": not a time (as 250ms, 5s, 1m or 1h) from 10ms to 1m",
        "\"heartbeatEvery\": \"5\"")]
    [InlineData("logLevel \"loud\": not a level (trace, debug, info, warn, error or fatal)",
        "\"logLevel\": \"loud\"")]
    [InlineData("prot: no such setting; port is meant?", "\"prot\": 53")]
    [InlineData("max-tcp: no such setting; maxTcp is meant?", "\"max-tcp\": 53")]
    [InlineData("colour: no such setting (docs/configuration.md has them all)", "\"colour\": 1")]
    [InlineData("probeEvery: means nothing without probe", "\"probeEvery\": \"5s\"")]
    [InlineData("rateBurst: means nothing without rateLimit", "\"rateBurst\": 5")]
    [InlineData(
        "http 192.0.2.1:9053: not a loopback address; httpAnywhere allows that",
        "\"http\": \"192.0.2.1:9053\"")]
    [InlineData(
        "heartbeatEvery 20s: options do not agree: heartbeatEvery < heartbeatPatience",
        "\"heartbeatEvery\": \"20s\"")]
    public void What_is_wrong_is_told_by_line_and_key(string reason, string member) => Refuses(
        $"FILE:3: {reason}", $"{{\n  \"socketDirectory\": \".\",\n  {member}\n}}\n");

    [Fact]
    public void A_key_that_is_given_twice_is_refused() => Refuses(
        "FILE:4: port: given before, in line 2",
        "{\n\"port\": 1,\n\"socketDirectory\": \".\",\n\"port\": 2}");

    [Fact]
    public void A_rule_that_a_flag_breaks_names_the_flag() => Refuses(
        "--rate-slip: means nothing without --rate-limit",
        """{"socketDirectory": "."}""", "--rate-slip", "1");

    [Fact]
    public void A_directory_is_needed_from_somewhere() => Refuses(
        "must specify socket directory (-s, or socketDirectory in the file)", "{}");

    [Theory]
    [InlineData("FILE:1: not an object: no \"{\"", "[]")]
    [InlineData("FILE:1: not an object: no \"{\"", "53")]
    public void What_is_no_object_is_refused(string line, string text) => Refuses(line, text);

    [Theory]
    [InlineData("", "FILE:1: not JSON: ")]
    [InlineData("{\n\"port\" 53}", "FILE:2: not JSON: ")]
    [InlineData("{\"port\": 53}\n\n}", "FILE:3: not JSON: ")]
    [InlineData("{\"port\": 53", "FILE:1: not JSON: ")]
    public void What_is_no_JSON_is_refused_with_its_line(string text, string begin)
    {
        System.IO.File.WriteAllText(File, text);
        Assert.Equal(1, _world.Run("--config", File));
        Assert.StartsWith($"balancer: {begin.Replace("FILE", File)}", _world.Error);
        Assert.Single(_world.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public void What_is_no_file_of_a_decent_size_is_not_read()
    {
        _world.Refuses($"{File}: no such file", "--config", File);
        _world.Refuses($"{_directory.Path}: a directory", "--config", _directory.Path);
        _world.Refuses("/dev/zero: not a file", "--config", "/dev/zero");
        System.IO.File.WriteAllBytes(File, new byte[(1 << 20) + 1]);
        _world.Refuses($"{File}: larger than 1 MiB", "--config", File);
        System.IO.File.WriteAllBytes(File, [.. "{\"port\": \""u8, 0xFF, .. "\"}"u8]);
        _world.Refuses($"{File}: not a text in UTF-8", "--config", File);
    }

    [Fact]
    public void A_mark_of_byte_order_and_the_key_of_a_schema_are_passed_over()
    {
        System.IO.File.WriteAllText(
            File, """{"$schema": "x", "socketDirectory": ".", "port": 54}""",
            new UTF8Encoding(true));
        Assert.Equal(54, _world.Serves("--config", File).Port);
    }

    [Fact]
    public void All_that_is_wrong_is_found_at_once()
    {
        var text = ConfigText.Read("x", "{\n\"port\": 0,\n\"prot\": 1,\n\"loops\": 1}"u8);
        Assert.Equal(
            ["x:2: port 0: not a port (1 to 65535)", "x:3: prot: no such setting; port is meant?"],
            text.Refusals);
    }
}
