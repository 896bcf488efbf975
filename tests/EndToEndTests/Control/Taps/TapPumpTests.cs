using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Balancer.Daemon.Control.Filters;
using Balancer.Daemon.Control.Taps;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Xunit;

namespace Balancer.EndToEndTests.Control.Taps;

/// <summary>What a reader gets, in time that passes when it is told to.</summary>
public sealed class TapPumpTests : IDisposable
{
    const int Stuck = 1_024;

    readonly ManualTime _time = new();
    readonly Tap _tap = new(Filter.Default, loops: 1);
    readonly Pipe _pipe = new(new(
        pauseWriterThreshold: Stuck, resumeWriterThreshold: Stuck / 2,
        useSynchronizationContext: false));
    readonly CancellationTokenSource _gone = new();
    readonly StringBuilder _read = new();

    string[] Lines => _read.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public async Task Facts_become_lines_and_the_limit_ends_them()
    {
        var running = Run(limit: 3);
        Answers(2);
        await Gathered();
        await Reads(lines: 2);
        Assert.False(running.IsCompleted);
        Answers(5);
        await Gathered();
        Assert.Equal(TapEnd.Limit, await running);
        await Reads(lines: 3);
        Assert.All(Lines, line => Assert.Equal("query", KindOf(line)));
        Assert.Equal(4, _tap.Waiting);
    }

    [Fact]
    public async Task As_events_each_fact_is_one_and_silence_shows_a_heartbeat()
    {
        var running = Run(asEvents: true);
        await _time.IsWaitedFor(TapPump.HeartbeatEvery);
        _time.Pass(TapPump.HeartbeatEvery);
        await Reads(lines: 1);
        Assert.Equal(":\n\n", _read.ToString());
        Answers(1);
        await Gathered();
        await Reads(lines: 2);
        Assert.StartsWith("data: {\"at\":", Lines[1]);
        Assert.EndsWith("}\n\n", _read.ToString());
        _gone.Cancel();
        Assert.Equal(TapEnd.Gone, await running);
    }

    [Fact]
    public async Task A_reader_that_falls_behind_is_told_how_much_it_has_missed()
    {
        var running = Run();
        Answers(100);
        await Gathered();
        await _time.IsWaitedFor(TapPump.Patience);
        Answers(Tap.QueueFacts + 123);
        await Reads(lines: 100 + 1);
        Assert.Equal("""{"kind":"dropped","dropped":123}""", Lines[100]);
        await Reads(lines: 100 + 1 + Tap.QueueFacts);
        Assert.Equal(0, _tap.Waiting);
        Assert.Single(Lines, line => KindOf(line) == "dropped");
        _gone.Cancel();
        Assert.Equal(TapEnd.Gone, await running);
    }

    [Fact]
    public async Task A_reader_that_stays_behind_is_cut_off_after_ten_seconds()
    {
        var running = Run();
        Answers(100);
        await Gathered();
        await _time.IsWaitedFor(TapPump.Patience);
        Answers(Tap.QueueFacts + 1);
        _time.Pass(TapPump.Patience);
        await _time.IsWaitedFor(TapPump.LastWordPatience);
        Assert.False(running.IsCompleted);
        _time.Pass(TapPump.LastWordPatience);
        Assert.Equal(TapEnd.CutOffUntold, await running);
        Assert.Equal(Tap.QueueFacts, _tap.Waiting);
    }

    [Fact]
    public async Task One_that_reads_again_in_time_hears_the_last_word()
    {
        var running = Run();
        Answers(100);
        await Gathered();
        await _time.IsWaitedFor(TapPump.Patience);
        Answers(Tap.QueueFacts + 7);
        _time.Pass(TapPump.Patience);
        await _time.IsWaitedFor(TapPump.LastWordPatience);
        await Reads(lines: 101);
        Assert.Equal(TapEnd.CutOff, await running);
        Assert.Equal(
            """
            {"kind":"cut-off","dropped":7,
            "text":"nothing was read for 10 s while facts were dropped"}
            """.ReplaceLineEndings(""),
            Lines[100]);
    }

    [Fact]
    public async Task One_that_does_not_read_while_nothing_is_lost_may_do_so_for_an_hour()
    {
        var running = Run();
        Answers(100);
        await Gathered();
        for (var i = 0; i < 360; i++)
        {
            await _time.IsWaitedFor(TapPump.Patience);
            _time.Pass(TapPump.Patience);
        }
        await _time.IsWaitedFor(TapPump.Patience);
        Assert.False(running.IsCompleted);
        await Reads(lines: 100);
        _gone.Cancel();
        Assert.Equal(TapEnd.Gone, await running);
    }

    public void Dispose() => _gone.Dispose();

    async Task<TapEnd> Run(long limit = long.MaxValue, bool asEvents = false)
    {
        using var pump = new TapPump(_tap, _pipe.Writer, asEvents, _time);
        return await pump.Run(limit, _gone.Token);
    }

    void Answers(int count)
    {
        var facts = Enumerable.Range(0, count).Select(i => new DatagramFact
        {
            At = DateTime.UnixEpoch.Ticks + i,
            Latency = 10,
            Client = new ClientEndpoint(new(0x0A000001), 53),
            Backend = new(5301),
            Outcome = Outcome.Answered,
        });
        _tap.Branches[0].Saw([.. facts]);
    }

    async Task Gathered()
    {
        await _time.IsWaitedFor(TapPump.Gathering);
        _time.Pass(TapPump.Gathering);
    }

    async Task Reads(int lines)
    {
        while (Lines.Length < lines)
        {
            var read = await _pipe.Reader.ReadAsync();
            _read.Append(Encoding.UTF8.GetString(read.Buffer));
            _pipe.Reader.AdvanceTo(read.Buffer.End);
        }
    }

    static string KindOf(string line) =>
        JsonDocument.Parse(line).RootElement.GetProperty("kind").GetString()!;
}
