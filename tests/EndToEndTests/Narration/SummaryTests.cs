using System.Reactive.Concurrency;
using System.Reactive.Linq;
using Balancer.Daemon.Narration;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Streams;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

public sealed class SummaryTests : IDisposable
{
    readonly HistoricalScheduler _time = new();
    readonly Told _told = new();
    readonly IDisposable _summaries;
    DaemonStatus _status = new();

    public SummaryTests() => _summaries =
        _told.Narrator.Summarize(() => Observable.Return(_status), _time);

    public void Dispose() => _summaries.Dispose();

    [Fact]
    public void A_minute_is_summed_up_in_one_line()
    {
        _status = Served(received: 1_000, answered: 999) with
        {
            InFlight = 1,
            Remotes = 12,
            Backends =
            [
                new(new(5301), "/s/5301") { IsLive = true },
                new(new(5302), "/s/5302"),
            ],
            StreamsAccepted = 3,
            StreamsOpen = 1,
        };
        Minutes(1);
        Assert.Equal(
            "INFO  summary of the last minute  received=1000 answered=999 in_flight=1 remotes=12 "
            + "backends_live=1 backends_known=2 tcp_accepted=3 tcp_open=1",
            _told.Line);
    }

    [Fact]
    public void Each_minute_tells_what_is_new_in_it()
    {
        _status = Served(received: 10, answered: 9);
        Minutes(1);
        _status = Served(received: 30, answered: 25);
        Minutes(1);
        Assert.Contains("received=10 answered=9 ", _told.Lines[0], StringComparison.Ordinal);
        Assert.Contains("received=20 answered=16 ", _told.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_minute_in_which_nothing_happened_has_no_line()
    {
        Minutes(3);
        Assert.Empty(_told.Lines);
        _status = Served(received: 1, answered: 1);
        Minutes(4);
        Assert.Single(_told.Lines);
    }

    [Fact]
    public void What_was_dropped_or_lost_is_named_and_counted_if_there_was_any()
    {
        var outcomes = new long[Kinds.Outcomes.Length];
        outcomes[(int)Outcome.NotAQuestion] = 4;
        outcomes[(int)Outcome.NoBackend] = 5;
        var ends = new long[Kinds.Ends.Length];
        ends[(int)StreamEnd.TooMany] = 6;
        _status = new()
        {
            Received = 9,
            Outcomes = outcomes,
            Strays = 1,
            Stateless = 2,
            StreamsEnded = ends,
            LogLinesLost = 3,
        };
        Minutes(1);
        Assert.Equal(
            "INFO  summary of the last minute  received=9 answered=0 not_a_question=4 "
            + "no_backend=5 strays=1 stateless=2 in_flight=0 remotes=0 backends_live=0 "
            + "backends_known=0 tcp_accepted=0 tcp_open=0 tcp_too_many=6 log_lines_lost=3",
            _told.Line);
    }

    [Fact]
    public void Every_outcome_that_a_datagram_can_have_makes_a_line()
    {
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            var outcomes = _status.Outcomes.ToArray();
            outcomes[(int)outcome]++;
            _status = _status with { Outcomes = outcomes };
            Minutes(1);
            Assert.Contains(
                $" {Kinds.Outcomes[(int)outcome]}=1", _told.Lines[^1], StringComparison.Ordinal);
        }
        Assert.Equal(Kinds.Outcomes.Length, _told.Lines.Length);
    }

    void Minutes(int count) => _time.AdvanceBy(count * Narrator.SummaryEvery);

    static DaemonStatus Served(long received, long answered)
    {
        var outcomes = new long[Kinds.Outcomes.Length];
        outcomes[(int)Outcome.Answered] = answered;
        return new() { Received = received, Outcomes = outcomes };
    }
}
