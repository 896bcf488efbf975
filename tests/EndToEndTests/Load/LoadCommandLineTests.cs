using System.Net;
using System.Text.Json;
using Balancer.Load;
using Xunit;
using LoadCommandLine = Balancer.Load.CommandLine;

namespace Balancer.EndToEndTests.Load;

// What is asked of the load tool, what it refuses, and what it tells programs.
public sealed class LoadCommandLineTests : IDisposable
{
    const string Fields =
        "proto seconds sent answered slow lost doubled late wrong refused unsent dropped "
        + "perSecond p50 p90 p99 p999 max dueP50 dueP99 cpuSeconds";

    readonly StringWriter _output = new();
    readonly StringWriter _error = new();
    LoadOptions? _read;

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Theory]
    [InlineData("must specify the server to ask (--to ADDRESS:PORT)")]
    [InlineData("argument --to requires an option value", "--to")]
    [InlineData("unknown argument -x", "--to", "127.0.0.1:53", "-x")]
    [InlineData("unexpected argument \"now\"", "--to", "127.0.0.1:53", "now")]
    [InlineData("unexpected argument \"[now]\"", "[now]", "--to", "127.0.0.1:53")]
    [InlineData(
        "--ports: means nothing with --tcp", "--to", "127.0.0.1:53", "--tcp", "--ports", "2")]
    [InlineData(
        "--train: means nothing with --tcp", "--to", "127.0.0.1:53", "--tcp", "--train", "2")]
    public void What_is_missing_unknown_or_pointless_is_named(string line, params string[] args) =>
        Refuses(line, args);

    [Theory]
    [InlineData("localhost:53")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:0")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.1:53")]
    [InlineData("[::1]:53")]
    [InlineData(":53")]
    public void What_is_not_a_server_is_refused(string text) => Refuses(
        $"--to {text}: not an IPv4 address and port (127.0.0.1:53)", "--to", text);

    [Theory]
    [InlineData("--for", "0", "seconds (0.001 to 86400)")]
    [InlineData("--for", "-1", "seconds (0.001 to 86400)")]
    [InlineData("--for", "1e3", "seconds (0.001 to 86400)")]
    [InlineData("--count", "0", "queries (1 to 1099511627776)")]
    [InlineData("--outstanding", "65537", "queries (1 to 65536)")]
    [InlineData("--outstanding", "many", "queries (1 to 65536)")]
    [InlineData("--rate", "0", "queries a second (1 to 10000000)")]
    [InlineData("--rate", "99999999999", "queries a second (1 to 10000000)")]
    [InlineData("--clients", "0", "clients (1 to 16777216)")]
    [InlineData("--ports", "1025", "ports (1 to 1024)")]
    [InlineData("--train", "65", "queries in a train (1 to 64)")]
    [InlineData("--patience", "60001", "milliseconds (1 to 60000)")]
    public void What_is_not_a_number_in_bounds_is_refused(
        string option, string text, string what) =>
        Refuses($"{option} {text}: not a number of {what}", "--to", "127.0.0.1:53", option, text);

    [Theory]
    [InlineData("two..dots")]
    [InlineData("dot.")]
    [InlineData("sp ace")]
    public void What_is_not_a_name_is_refused(string text) => Refuses(
        $"--name {text}: not a name (labels of letters, digits, - and _, at most 200 in all)",
        "--to", "127.0.0.1:53", "--name", text);

    [Theory]
    [InlineData("--first-client 192.0.2.1: not an address of this host", "192.0.2.1", "1")]
    [InlineData(
        "--clients 3: the last would be 128.0.0.1, not an address of this host",
        "127.255.255.255", "3")]
    [InlineData(
        "--clients 9: not so many addresses behind 255.255.255.250", "255.255.255.250", "9")]
    public void A_source_address_that_is_not_ours_is_refused(
        string line, string first, string clients)
    {
        var code = LoadCommandLine.Run(
            ["--to", "127.0.0.1:53", "--first-client", first, "--clients", clients],
            LoadCommand.Run, _output, _error);
        Assert.Equal((2, $"balancer-load: {line}\n"), (code, _error.ToString()));
    }

    [Fact]
    public void What_is_not_said_is_as_the_help_says()
    {
        Assert.Equal(
            new LoadOptions { To = new(IPAddress.Loopback, 53) }, Reads("--to", "127.0.0.1:53"));
        Assert.Equal("127.16.0.0", Reads("--clients", "2").FirstClient.ToString());
        Assert.Equal(65_536, Reads("--rate", "5").Outstanding);
        Assert.Equal(9, Reads("--rate", "5", "--outstanding", "9").Outstanding);
        Assert.Equal(TimeSpan.FromSeconds(0.5), Reads("--for", "0.5").For);
    }

    [Fact]
    public void The_help_names_every_option()
    {
        Assert.Equal(0, LoadCommandLine.Run(["--help"], Read, _output, _error));
        Assert.All(
            "to tcp for count outstanding rate clients first-client ports train patience name json"
                .Split(' '),
            option => Assert.Contains(
                $"    --{option} ", _output.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void For_programs_the_result_is_one_line_of_these_fields()
    {
        using var server = new ScriptedServer(
            (server, asked) => server.Send(asked.Answer, asked.From));
        string[] args = ["--to", $"{server.EndPoint}", "--count", "50", "--json"];
        Assert.Equal(0, LoadCommandLine.Run(args, LoadCommand.Run, _output, _error));

        Assert.EndsWith("}\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Single(_output.ToString().Trim().Split('\n'));
        using var json = JsonDocument.Parse(_output.ToString());
        var fields = json.RootElement.EnumerateObject().ToArray();
        Assert.Equal(Fields.Split(' '), fields.Select(field => field.Name));
        Assert.Equal("udp", fields[0].Value.GetString());
        Assert.All(fields[1..], field => Assert.True(field.Value.GetDouble() >= 0));
        Assert.Equal(50, json.RootElement.GetProperty("answered").GetInt64());
    }

    LoadOptions Reads(params string[] args)
    {
        _read = null;
        Assert.Equal(
            (0, ""),
            (LoadCommandLine.Run(["--to", "127.0.0.1:53", .. args], Read, _output, _error),
                _error.ToString()));
        return _read!;
    }

    void Refuses(string line, params string[] args)
    {
        Assert.Equal(2, LoadCommandLine.Run(args, Read, _output, _error));
        Assert.Equal($"balancer-load: {line}\n", _error.ToString());
        Assert.Null(_read);
    }

    int Read(LoadOptions options, TextWriter output, TextWriter error)
    {
        _read = options;
        return 0;
    }
}
