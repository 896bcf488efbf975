using System.Text.Json;
using System.Text.RegularExpressions;
using Balancer.Daemon.Narration;
using Balancer.Rx;
using Serilog;
using Serilog.Events;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

public sealed partial class FormatTests
{
    const string Nasty = "a \"quoted\"\n\e[31m\\name\u0000 ü";

    static readonly BackendId Id = new(5301);

    [Fact]
    public void A_bunyan_line_has_bunyan_s_fields_and_the_original_s()
    {
        var line = Bunyan((narrator, _) => narrator.Tell(
            new BalancerEvent.BackendFound(Id, "/s/5301")));
        Assert.Equal(
            ["v", "level", "name", "hostname", "pid", "time", "msg", "be_id", "be_path"],
            line.EnumerateObject().Select(field => field.Name));
        Assert.Equal(0, line.GetProperty("v").GetInt32());
        Assert.Equal(30, line.GetProperty("level").GetInt32());
        Assert.Equal("mname-balancer", line.GetProperty("name").GetString());
        Assert.Equal(Environment.MachineName, line.GetProperty("hostname").GetString());
        Assert.Equal(Environment.ProcessId, line.GetProperty("pid").GetInt32());
        Assert.Equal("new backend", line.GetProperty("msg").GetString());
        Assert.Equal(5301, line.GetProperty("be_id").GetInt32());
        Assert.Equal("/s/5301", line.GetProperty("be_path").GetString());
    }

    [Theory]
    [InlineData(LogEventLevel.Verbose, 10)]
    [InlineData(LogEventLevel.Debug, 20)]
    [InlineData(LogEventLevel.Information, 30)]
    [InlineData(LogEventLevel.Warning, 40)]
    [InlineData(LogEventLevel.Error, 50)]
    [InlineData(LogEventLevel.Fatal, 60)]
    public void Levels_are_bunyan_s_numbers(LogEventLevel level, int number) => Assert.Equal(
        number, Bunyan((_, log) => log.Write(level, "x")).GetProperty("level").GetInt32());

    [Fact]
    public void Times_are_in_utc_to_the_millisecond()
    {
        var line = new StringWriter();
        new BunyanFormatter("host", 1).Format(
            new(
                new(2030, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)), LogEventLevel.Information,
                exception: null, MessageTemplate.Empty, []),
            line);
        Assert.Contains(
            "\"time\":\"2030-01-02T01:04:05.006Z\"", line.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_a_file_is_called_a_line_is_one_line_of_json()
    {
        var line = Bunyan((narrator, _) => narrator.Tell(
            new BalancerEvent.EntryIgnored(Nasty, IgnoredBecause.NotASocket)));
        Assert.Equal(Nasty, line.GetProperty("socket_path").GetString());
    }

    [Fact]
    public void An_exception_stands_where_bunyan_s_program_looks_for_it()
    {
        var error = Bunyan((narrator, _) => narrator.Failed(new IOException("a bug")))
            .GetProperty("err");
        Assert.Equal("IOException", error.GetProperty("name").GetString());
        Assert.Equal("a bug", error.GetProperty("message").GetString());
        Assert.Contains("a bug", error.GetProperty("stack").GetString());
    }

    [Fact]
    public void A_json_line_is_serilog_s_compact_one()
    {
        var line = JsonDocument.Parse(Written.By(
            new(LogLevel.Info, LogFormat.Json),
            (narrator, _) => narrator.Tell(new BalancerEvent.BackendFound(Id, "/s/5301"))));
        Assert.Equal("new backend", line.RootElement.GetProperty("@mt").GetString());
        Assert.Equal(5301, line.RootElement.GetProperty("be_id").GetInt32());
    }

    [Fact]
    public void A_line_of_text_has_time_level_sentence_and_fields()
    {
        var line = Text(colours: false, (narrator, _) => narrator.Tell(
            new BalancerEvent.BackendFound(Id, "/s/a b")));
        Assert.Matches(
            @"^\d\d:\d\d:\d\d\.\d{3} INFO  new backend  be_id=5301 be_path=""/s/a b""\n$", line);
    }

    [Fact]
    public void Nothing_that_a_file_is_called_reaches_the_terminal_as_a_command()
    {
        var line = Text(colours: false, (narrator, _) => narrator.Tell(
            new BalancerEvent.EntryIgnored(Nasty, IgnoredBecause.NotASocket)));
        Assert.DoesNotContain(line.TrimEnd('\n'), char.IsControl);
    }

    [Theory]
    [InlineData(LogEventLevel.Verbose, 7)]
    [InlineData(LogEventLevel.Debug, 7)]
    [InlineData(LogEventLevel.Information, 6)]
    [InlineData(LogEventLevel.Warning, 4)]
    [InlineData(LogEventLevel.Error, 3)]
    [InlineData(LogEventLevel.Fatal, 2)]
    public void A_line_for_the_journal_begins_with_syslog_s_priority(
        LogEventLevel level, int priority) => Assert.Equal(
            $"<{priority}>x\n", Journal((_, log) => log.Write(level, "x")));

    [Fact]
    public void A_line_for_the_journal_has_sentence_and_fields() => Assert.Equal(
        "<6>new backend  be_id=5301 be_path=\"/s/a b\"\n",
        Journal((narrator, _) => narrator.Tell(new BalancerEvent.BackendFound(Id, "/s/a b"))));

    [Fact]
    public void Every_line_of_a_trace_has_the_priority()
    {
        var text = Journal((narrator, _) => narrator.Failed(new IOException("a\nbug")));
        Assert.Equal("<3>", Assert.Single(
            text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[..3])
                .Distinct()));
    }

    [Fact]
    public void Colours_change_nothing_but_the_looks()
    {
        static void Say(Narrator narrator, ILogger _) => narrator.Tell(
            new BalancerEvent.BackendFaulted(Id, "/s", FaultReason.HeartbeatLate, "x", true));
        var coloured = Text(colours: true, Say);
        Assert.Contains('\e', coloured);
        Assert.Equal(
            Time().Replace(Text(colours: false, Say), ""),
            Time().Replace(Colour().Replace(coloured, ""), ""));
    }

    static JsonElement Bunyan(Action<Narrator, ILogger> saying)
    {
        var text = Written.By(new(LogLevel.Trace), saying);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.Single(text, c => c == '\n');
        return JsonDocument.Parse(text).RootElement;
    }

    static string Text(bool colours, Action<Narrator, ILogger> saying) =>
        Written.By(new(LogLevel.Trace, LogFormat.Text, colours), saying);

    static string Journal(Action<Narrator, ILogger> saying) =>
        Written.By(new(LogLevel.Trace, LogFormat.Journal), saying);

    [GeneratedRegex(@"^\S+", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colour();
}
