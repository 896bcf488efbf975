using Balancer.Daemon.Narration;
using Balancer.Rx;
using Balancer.Rx.Routing;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

public sealed class ReportTests
{
    static readonly BackendId Backend = new(5301);
    static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    readonly Told _told = new();

    [Fact]
    public void Statistics_of_nothing_name_all_that_is_counted()
    {
        _told.Narrator.Report(new());
        Assert.Equal(
            [
                "INFO  statistics  received=0 in_flight=0 answered=0 answer_not_sent=0 expired=0 "
                    + "displaced=0 lost=0 oversized=0 runt=0 not_a_question=0 unanswerable=0 "
                    + "no_backend=0 stuck=0 not_allowed=0 rate_limited=0 slipped=0 "
                    + "no_backend_told=0 strays=0 stateless=0 replayed=0 parked=0 remotes=0 "
                    + "remotes_moved=0 remotes_displaced=0 backends_live=0 backends_known=0 "
                    + "log_lines_lost=0",
                "INFO  TCP statistics  tcp_accepted=0 tcp_open=0 tcp_finished=0 tcp_no_backend=0 "
                    + "tcp_too_many=0 tcp_too_many_of_client=0 tcp_too_many_of_prefix=0 "
                    + "tcp_gave_way=0 tcp_client_error=0 tcp_backend_error=0 "
                    + "tcp_first_byte_late=0 tcp_idle=0 tcp_lifetime_over=0 tcp_stopping=0 "
                    + "tcp_not_allowed=0 bytes_in=0 bytes_out=0",
            ],
            _told.Lines);
    }

    [Fact]
    public void A_backend_s_line_has_the_original_s_counts_and_how_long_it_takes()
    {
        var latencies = new long[40];
        (latencies[10], latencies[14]) = (98, 2);
        _told.Narrator.Report(new()
        {
            Backends =
            [
                new(Backend, "/s/5301")
                {
                    State = "live",
                    IsLive = true,
                    Remotes = 4,
                    Forwarded = 101,
                    Answered = 100,
                    Strays = 1,
                    Stuck = 2,
                    Unsent = 3,
                    Latencies = latencies,
                    Tally = new(7, 6, 5, 1, TimeSpan.FromMilliseconds(0.25)),
                },
            ],
        });
        Assert.Equal(
            "INFO  backend statistics  be_id=5301 be_path=/s/5301 state=live remotes=4 "
            + "conn_start=7 conn_error=6 faults=1 udp=101 answered=100 strays=1 stuck=2 "
            + "unsent_bytes=3 tcp=5 heartbeat_ms=0.25 p50_ms=1.024 p90_ms=1.024 p99_ms=16.384",
            _told.Lines[2]);
    }

    [Fact]
    public void What_a_backend_has_not_done_yet_is_left_out()
    {
        _told.Narrator.Report(new() { Backends = [new(Backend, "/s/5301")] });
        Assert.EndsWith("unsent_bytes=0 tcp=0", _told.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_twenty_busiest_remotes_have_a_line_each()
    {
        var remote = new RemoteTraffic(
            ClientAddress.Parse("10.0.0.7"), Backend, 4, 3, 2, 1, Noon, Noon.AddSeconds(5));
        _told.Narrator.Report(new() { Busiest = [remote] });
        Assert.Equal(20, Narrator.BusiestRemotes);
        Assert.Equal(
            "INFO  remote statistics  remote_ip=10.0.0.7 be_id=5301 udp=4 udp_drop=3 tcp=2 "
            + "tcp_drop=1 first_seen=2030-01-01T12:00:00Z last_seen=2030-01-01T12:00:05Z",
            _told.Lines[2]);
    }
}
