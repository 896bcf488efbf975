using System.Net;
using Balancer.Daemon;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Native;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>What the arguments are taken for.</summary>
public sealed class CommandLineParsingTests : IDisposable
{
    readonly CommandLineWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public void What_is_not_given_is_as_in_the_original()
    {
        var options = _world.Serves("-s", ".");
        Assert.Equal([IPAddress.Any], options.Addresses);
        Assert.Equal(53, options.Port);
        Assert.Equal(BalancerOptions.Default with { SocketDirectory = "." }, options.Core);
        Assert.Equal(new(LogLevel.Info, LogFormat.Bunyan, Colours: false), options.Log);
    }

    [Theory]
    [InlineData("-s", "/", "-b", "127.0.0.2", "-p", "5353", "-l", "debug")]
    [InlineData(
        "--socket-directory", "/", "--bind", "127.0.0.2", "--port", "5353", "--log-level", "debug")]
    [InlineData("--socket-directory=/", "--bind=127.0.0.2", "--port=5353", "--log-level=debug")]
    [InlineData("-s/", "-b127.0.0.2", "-p5353", "-ldebug")]
    public void Long_names_and_short_ones_mean_the_same(params string[] args)
    {
        var options = _world.Serves(args);
        Assert.Equal("/", options.Core.SocketDirectory);
        Assert.Equal([IPAddress.Parse("127.0.0.2")], options.Addresses);
        Assert.Equal(5353, options.Port);
        Assert.Equal(LogLevel.Debug, options.Log.Level);
    }

    [Fact]
    public void Addresses_gather_and_each_is_listened_on_once() => Assert.Equal(
        [IPAddress.Parse("127.0.0.2"), IPAddress.Parse("127.0.0.1")],
        _world.Serves("-s", ".", "-b", "127.0.0.2", "-b", "127.0.0.1", "-b", "127.0.0.2")
            .Addresses);

    [Fact]
    public void Users_gather_by_name_or_number() => Assert.Equal(
        [65_534u, 0u],
        _world.Serves(
            "-s", ".", "--backend-user", "65534", "--backend-user", "root", "--backend-user", "0")
            .BackendUsers);

    [Fact]
    public void Compat_too_has_backends_of_named_users_only()
    {
        var options = _world.Serves("-s", ".", "--compat", "--backend-user", "65534");
        Assert.Equal(
            [0u, .. new[] { LibC.GetEffectiveUid(), 65_534u }.Except([0u])],
            ServiceCommand.Drawn(options).Core.BackendOwners!.Order());
    }

    [Fact]
    public void Of_anything_else_the_last_value_counts() => Assert.Equal(
        54, _world.Serves("-s", ".", "-p", "53", "-p", "54").Port);

    [Fact]
    public void A_directory_is_kept_as_it_was_given() => Assert.Equal(
        "./../", _world.Serves("-s", "./../").Core.SocketDirectory);

    [Fact]
    public void Compat_is_the_original_s_timers_and_policies() => Assert.Equal(
        BalancerOptions.Compat with { SocketDirectory = "." },
        _world.Serves("--compat", "-s", ".").Core);

    [Fact]
    public void Networks_gather()
    {
        var allowed = _world.Serves("-s", ".", "--allow", "10.0.0.0/8", "--allow=192.0.2.1");
        Assert.Equal(["10.0.0.0/8", "192.0.2.1/32"], allowed.Core.Allow.Select(n => $"{n}"));
    }

    [Fact]
    public void A_limit_is_off_until_it_is_asked_for()
    {
        Assert.Equal(0, _world.Serves("-s", ".").Core.RateLimit);
        var core = _world.Serves("-s", ".", "--rate-limit", "100000").Core;
        Assert.Equal((100_000, 2), (core.RateLimit, core.RateSlip));
        core = _world.Serves("--compat", "-s", ".", "--rate-slip", "0", "--rate-limit", "1").Core;
        Assert.Equal((1, 0), (core.RateLimit, core.RateSlip));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("0053", 53)]
    [InlineData("65535", 65_535)]
    public void A_port_is_a_number_from_1_to_65535(string text, int port) =>
        Assert.Equal(port, _world.Serves("-s", ".", "-p", text).Port);

    [Fact]
    public void TCP_connections_are_limited_together_and_per_client()
    {
        var core = _world.Serves("-s", ".", "--max-tcp", "900", "--max-tcp-per-client", "5").Core;
        Assert.Equal((900, 5), (core.MaxStreams, core.MaxStreamsPerClient));
        Assert.Equal(BalancerOptions.Default.MaxStreamsPerPrefix, core.MaxStreamsPerPrefix);
    }

    [Theory]
    [InlineData(5_000, "--max-tcp-per-client", "5000")]
    [InlineData(4_096, "--max-tcp", "1")]
    [InlineData(4_096, "--max-tcp", "1048576", "--compat")]
    public void Whatever_the_limits_of_TCP_are_the_core_takes_them(
        int perPrefix, params string[] args)
    {
        var core = _world.Serves(["-s", ".", .. args]).Core.Checked();
        Assert.Equal(perPrefix, core.MaxStreamsPerPrefix);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.5", 0.005)]
    [InlineData("100", 1)]
    public void A_budget_of_moves_is_a_percentage(string text, double share) => Assert.Equal(
        share, _world.Serves("-s", ".", "--rebalance-budget", text).Core.RebalanceBudget);

    [Fact]
    public void Affinity_weights_and_standbys_are_the_core_s()
    {
        Assert.Equal(AffinityPolicy.Turn, _world.Serves("-s", ".").Core.Affinity);
        var core = _world.Serves(
            "-s", ".", "--affinity", "rendezvous", "--weight", "5301=2", "--weight", "5302=7",
            "--weight", "5301=3", "--standby", "5303", "--standby", "5304=2").Core.Checked();
        Assert.Equal(AffinityPolicy.Rendezvous, core.Affinity);
        Assert.Equal([(5301, 3), (5302, 7)], Of(core.Weights));
        Assert.Equal([(5303, 1), (5304, 2)], Of(core.Standby));

        static IEnumerable<(int, int)> Of(IReadOnlyDictionary<BackendId, int> numbers) =>
            numbers.OrderBy(of => of.Key).Select(of => (of.Key.Value, of.Value));
    }

    [Theory]
    [InlineData("trace", nameof(LogLevel.Trace))]
    [InlineData("debug", nameof(LogLevel.Debug))]
    [InlineData("info", nameof(LogLevel.Info))]
    [InlineData("warn", nameof(LogLevel.Warn))]
    [InlineData("error", nameof(LogLevel.Error))]
    [InlineData("fatal", nameof(LogLevel.Fatal))]
    public void The_levels_are_bunyan_s(string text, string level)
    {
        Assert.Equal(level, $"{_world.Serves("-s", ".", "-l", text).Log.Level}");
        _world.Environment["LOG_LEVEL"] = text;
        Assert.Equal(level, $"{_world.Serves("-s", ".").Log.Level}");
    }

    [Fact]
    public void LOG_LEVEL_goes_before_the_option_unless_it_is_empty()
    {
        _world.Environment["LOG_LEVEL"] = "trace";
        Assert.Equal(LogLevel.Trace, _world.Serves("-s", ".", "-l", "warn").Log.Level);
        _world.Environment["LOG_LEVEL"] = "";
        Assert.Equal(LogLevel.Warn, _world.Serves("-s", ".", "-l", "warn").Log.Level);
    }

    [Fact]
    public void On_a_terminal_the_log_is_text_in_colours()
    {
        _world.IsTerminal = true;
        Assert.Equal(new(LogLevel.Info, LogFormat.Text, true), _world.Serves("-s", ".").Log);
        _world.Environment["NO_COLOR"] = "1";
        Assert.Equal(new(LogLevel.Info, LogFormat.Text, false), _world.Serves("-s", ".").Log);
    }

    [Fact]
    public void Where_the_journal_reads_the_log_is_for_the_journal()
    {
        _world.IsJournal = true;
        Assert.Equal(new(LogLevel.Info, LogFormat.Journal), _world.Serves("-s", ".").Log);
    }

    [Theory]
    [InlineData("bunyan", nameof(LogFormat.Bunyan))]
    [InlineData("json", nameof(LogFormat.Json))]
    [InlineData("text", nameof(LogFormat.Text))]
    [InlineData("journal", nameof(LogFormat.Journal))]
    public void A_format_that_is_asked_for_goes_before_what_the_terminal_says(
        string text, string format)
    {
        foreach (var isTerminal in (bool[])[true, false])
        {
            _world.IsTerminal = isTerminal;
            var log = _world.Serves("-s", ".", "--log-format", text).Log;
            Assert.Equal((format, isTerminal), ($"{log.Format}", log.Colours));
        }
    }

    [Fact]
    public void The_demo_has_a_port_and_a_log()
    {
        Assert.Equal(new(), _world.Demonstrates("demo"));
        Assert.Equal(
            new() { Port = 5400, Log = new(LogLevel.Debug) },
            _world.Demonstrates("demo", "-p", "5400", "-l", "debug"));
    }

    [Fact]
    public void The_flight_recorder_is_in_four_MiB_and_writes_nothing_unless_it_is_said()
    {
        Assert.Equal(new() { Directory = null, Megabytes = 4 }, _world.Serves("-s", ".").Flight);
        Assert.Equal(
            new() { Directory = "/tmp", Megabytes = 16 },
            _world.Serves("-s", ".", "--flight-recorder", "/tmp", "--flight-memory", "16").Flight);
    }

    [Fact]
    public void The_exit_code_is_that_of_who_served()
    {
        _world.ExitCode = 7;
        Assert.Equal(7, _world.Run("-s", "."));
        Assert.Equal(7, _world.Run("demo"));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("demo", "--help")]
    [InlineData("--version")]
    [InlineData("-s", "/missing", "-p", "0", "--help")]
    public void Who_asks_for_help_gets_it_and_nothing_else_happens(params string[] args)
    {
        Assert.Equal(0, _world.Run(args));
        Assert.Equal((0, ""), (_world.Runs, _world.Error));
        Assert.EndsWith("\n", _world.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_every_option_that_there_is()
    {
        _world.Run("--help");
        _world.Run("demo", "--help");
        _world.Run("check", "--help");
        _world.Run("status", "--help");
        var options = Balancer.Daemon.CommandLine.Options(_world.Surroundings).ToArray();
        Assert.NotEmpty(options);
        foreach (var option in options)
        {
            foreach (var name in option.Aliases.Append(option.Name))
                Assert.Contains(name, _world.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Help_fits_a_terminal()
    {
        _world.Run("--help");
        _world.Run("demo", "--help");
        _world.Run("check", "--help");
        _world.Run("status", "--help");
        Assert.All(_world.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 90));
    }

    [Fact]
    public void The_version_tells_which_reactive_data_is_in()
    {
        _world.Run("--version");
        Assert.Matches(
            @"^balancer \d+\.\d+\.\d+\S* \(commit \w+, reactive data: "
            + @"(compat by Balancer\.Compat\.DynamicData|packages by DynamicData), linux-\w+\)\n$",
            _world.Output);
    }
}
