using System.Net;
using Balancer.Daemon;
using Balancer.Daemon.Native;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>What is said to who has mistyped: one line, to the letter.</summary>
public sealed class CommandLineRefusalTests : IDisposable
{
    const string Levels = "(trace, debug, info, warn, error or fatal)";

    readonly CommandLineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("must specify socket directory (-s)")]
    [InlineData("must specify socket directory (-s)", "-p", "53")]
    [InlineData("argument -s requires an option value", "-s")]
    [InlineData("argument --port requires an option value", "-s", ".", "--port")]
    [InlineData("unknown argument -x", "-s", ".", "-x")]
    [InlineData("unknown argument --sockets", "--sockets", ".")]
    [InlineData("unknown argument -v", "-v")]
    [InlineData("unexpected argument \"extra\"", "-s", ".", "extra")]
    [InlineData("unexpected argument \"yes\"", "-s", ".", "--compat", "yes")]
    [InlineData("unexpected argument \"[suggest]\"", "[suggest]", "-s", ".")]
    [InlineData("unexpected argument \"@file\"", "@file")]
    [InlineData("--socket-directory /missing: no such directory", "-s", "/missing")]
    [InlineData("--socket-directory /etc/passwd: not a directory", "-s", "/etc/passwd")]
    [InlineData("--socket-directory \"\": no such directory", "-s", "")]
    public void What_is_missing_or_unknown_is_named(string line, params string[] args) =>
        _world.Refuses(line, args);

    [Theory]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("+53")]
    [InlineData(" 53")]
    [InlineData("53x")]
    [InlineData("5.3")]
    [InlineData("0x35")]
    [InlineData("99999999999999999999")]
    public void What_is_not_a_port_is_refused(string text) =>
        _world.Refuses($"--port {text}: not a port (1 to 65535)", "-s", ".", "-p", text);

    [Theory]
    [InlineData("0")]
    [InlineData("65")]
    [InlineData("-1")]
    [InlineData("2.5")]
    [InlineData("two")]
    public void What_is_not_a_number_of_loops_is_refused(string text) => _world.Refuses(
        $"--loops {text}: not a number of loops (1 to 64)", "-s", ".", "--loops", text);

    [Theory]
    [InlineData("0")]
    [InlineData("16777217")]
    [InlineData("many")]
    public void What_is_not_a_number_of_remotes_is_refused(string text) => _world.Refuses(
        $"--max-remotes {text}: not a number of remotes (1 to 16777216)",
        "-s", ".", "--max-remotes", text);

    [Theory]
    [InlineData("0")]
    [InlineData("1048577")]
    [InlineData("all")]
    public void What_is_not_a_number_of_connections_is_refused(string text)
    {
        foreach (var option in (string[])["--max-tcp", "--max-tcp-per-client"])
        {
            _world.Refuses(
                $"{option} {text}: not a number of connections (1 to 1048576)",
                "-s", ".", option, text);
        }
    }

    [Theory]
    [InlineData("no-such-user")]
    [InlineData("-1")]
    [InlineData("4294967295")]
    [InlineData("1000x")]
    public void What_is_no_user_is_refused(string text) => _world.Refuses(
        $"--backend-user {text}: no such user in /etc/passwd, nor a number",
        "-s", ".", "--backend-user", text);

    [Theory]
    [InlineData("-1")]
    [InlineData("101")]
    [InlineData("1%")]
    [InlineData("NaN")]
    [InlineData("1e1")]
    public void What_is_not_a_percentage_is_refused(string text) => _world.Refuses(
        $"--rebalance-budget {text}: not a percentage (0 to 100)",
        "-s", ".", "--rebalance-budget", text);

    [Fact]
    public void The_original_s_way_to_rebalance_has_no_budget() => _world.Refuses(
        "--rebalance-budget: means nothing with --compat",
        "-s", ".", "--compat", "--rebalance-budget", "1");

    [Theory]
    [InlineData("--affinity table: not turn or rendezvous", "--affinity", "table")]
    [InlineData("--affinity: means nothing with --compat", "--compat", "--affinity", "turn")]
    [InlineData("--weight: means nothing with --compat", "--compat", "--weight", "5301=2")]
    [InlineData("--standby: means nothing with --compat", "--compat", "--standby", "5301")]
    [InlineData(
        "--rebalance-budget: means nothing with --affinity rendezvous",
        "--affinity", "rendezvous", "--rebalance-budget", "1")]
    [InlineData(
        "--weight 5301: not a backend and its weight, as 5301=2 (1 to 100)", "--weight", "5301")]
    [InlineData(
        "--weight 5301=0: not a backend and its weight, as 5301=2 (1 to 100)",
        "--weight", "5301=0")]
    [InlineData(
        "--weight 5301=101: not a backend and its weight, as 5301=2 (1 to 100)",
        "--weight", "5301=101")]
    [InlineData(
        "--standby a: not a backend, as 5303, or a backend and its order, as 5304=2 (1 to 100)",
        "--standby", "a")]
    [InlineData(
        "--standby 5301=: not a backend, as 5303, or a backend and its order, as 5304=2 (1 to 100)",
        "--standby", "5301=")]
    public void Affinity_is_refused_where_it_means_nothing(string line, params string[] args) =>
        _world.Refuses(line, ["-s", ".", .. args]);

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.256")]
    [InlineData("127.1")]
    [InlineData("127.0.0.01")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("127.0.0.1 ")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    public void What_is_not_an_address_of_four_numbers_is_refused(string text) => _world.Refuses(
        $"--bind {text}: not an IPv4 address (four numbers, 0 to 255)", "-s", ".", "-b", text);

    [Theory]
    [InlineData("0")]
    [InlineData("100001")]
    [InlineData("1.5")]
    public void What_is_not_a_rate_is_refused(string text) => _world.Refuses(
        $"--rate-limit {text}: not a number of queries a second (1 to 100000)",
        "-s", ".", "--rate-limit", text);

    [Theory]
    [InlineData("101")]
    [InlineData("-1")]
    public void What_is_not_a_slip_is_refused(string text) => _world.Refuses(
        $"--rate-slip {text}: not a number of queries (0 to 100)",
        "-s", ".", "--rate-limit", "5", "--rate-slip", text);

    [Fact]
    public void A_slip_without_a_limit_is_refused() => _world.Refuses(
        "--rate-slip: means nothing without --rate-limit", "-s", ".", "--rate-slip", "2");

    [Theory]
    [InlineData("localhost")]
    [InlineData("10.0.0/8")]
    [InlineData("::/0")]
    public void What_is_not_a_network_is_refused(string text) => _world.Refuses(
        $"--allow {text}: not an IPv4 network (four numbers, 0 to 255, and perhaps /0 to /32)",
        "-s", ".", "--allow", text);

    [Fact]
    public void A_network_with_bits_behind_its_prefix_is_refused() => _world.Refuses(
        "--allow 10.0.0.1/8: has bits set behind the first 8 "
        + "(10.0.0.0/8 is meant, or another length)",
        "-s", ".", "--allow", "10.0.0.1/8");

    [Theory]
    [InlineData("224.0.0.1")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    public void An_address_that_no_host_can_have(string text) => _world.Refuses(
        $"--bind {text}: not an address that a host can have", "-s", ".", "-b", text);

    [Theory]
    [InlineData("loud")]
    [InlineData("INFO")]
    [InlineData("30")]
    [InlineData("")]
    public void What_is_not_a_level_is_refused(string text)
    {
        _world.Refuses($"invalid log level for -l: \"{text}\" {Levels}", "-s", ".", "-l", text);
        _world.Refuses($"invalid log level for -l: \"{text}\" {Levels}", "demo", "-l", text);
    }

    [Fact]
    public void A_bad_level_in_the_environment_is_refused_although_the_option_is_good()
    {
        _world.Environment["LOG_LEVEL"] = "loud";
        _world.Refuses($"invalid LOG_LEVEL \"loud\" {Levels}", "-s", ".", "-l", "info");
        _world.Refuses($"invalid LOG_LEVEL \"loud\" {Levels}", "demo");
    }

    [Fact]
    public void A_value_that_a_later_one_replaces_must_be_good_too() => _world.Refuses(
        "--port x: not a port (1 to 65535)", "-s", ".", "-p", "x", "-p", "53");

    [Theory]
    [InlineData("--flight-recorder /missing: not a directory", "--flight-recorder", "/missing")]
    [InlineData(
        "--flight-memory much: not a number of MiB (0 to 1024)", "--flight-memory", "much")]
    [InlineData("--flight-memory 1025: not a number of MiB (0 to 1024)", "--flight-memory", "1025")]
    [InlineData(
        "--flight-recorder: means nothing with --flight-memory 0",
        "--flight-memory", "0", "--flight-recorder", ".")]
    public void A_flight_recorder_that_cannot_be(string line, params string[] args) =>
        _world.Refuses(line, ["-s", ".", .. args]);

    [Fact]
    public void What_is_not_a_format_is_refused() => _world.Refuses(
        "--log-format xml: not a format (bunyan, json, text or journal)",
        "-s", ".", "--log-format", "xml");

    [Theory]
    [InlineData("--port: means nothing before demo", "-p", "5400", "demo")]
    [InlineData("--socket-directory: means nothing before demo", "-s", ".", "demo")]
    [InlineData("unknown argument -s", "demo", "-s", ".")]
    public void The_demo_takes_no_options_of_the_daemon(string line, params string[] args) =>
        _world.Refuses(line, args);

    [Fact]
    public void Of_many_mistakes_one_is_told() => _world.Refuses(
        "unknown argument -x", "-p", "0", "-b", "nowhere", "-x", "-y");

    [Fact]
    public void What_was_typed_cannot_make_it_more_than_one_line() => _world.Refuses(
        "unexpected argument \"a?b\"", "-s", ".", "a\nb");

    [Theory]
    [InlineData(
        nameof(Errno.EACCES), "--port 53: permission denied "
        + "(ports below 1024 need root or CAP_NET_BIND_SERVICE)")]
    [InlineData(nameof(Errno.EADDRINUSE), "--port 53: in use (UDP on 192.0.2.1)")]
    [InlineData(nameof(Errno.EADDRNOTAVAIL), "--bind 192.0.2.1: not an address of this host")]
    [InlineData(
        nameof(Errno.ENOBUFS),
        "--bind 192.0.2.1: UDP port 53: ENOBUFS (No buffer space available)")]
    public void A_listener_that_cannot_be_had_is_told_in_the_same_manner(
        string error, string reason) => Assert.Equal(
            $"balancer: {reason}",
            CommandLineRefusal.ForListener(
                IPAddress.Parse("192.0.2.1"), 53, "UDP", Enum.Parse<Errno>(error),
                proc: "/nobody/is/there"));
}
