using System.Reactive;
using System.Reactive.Linq;
using Balancer.Rx;
using Serilog.Events;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

public sealed class BackendSentenceTests
{
    const string Path = "/s/5301";

    static readonly BackendId Id = new(5301);
    static readonly BalancerEvent Found = new BalancerEvent.BackendFound(Id, Path);

    readonly Told _told = new();

    [Fact]
    public void The_life_of_a_backend_is_told_in_the_original_s_words()
    {
        _told.Of(
            Found,
            new BalancerEvent.BackendConnecting(Id, Path),
            new BalancerEvent.BackendConnected(Id, Path),
            new BalancerEvent.BackendEstablished(Id, Path),
            new BalancerEvent.HeartbeatSent(Id),
            new BalancerEvent.HeartbeatAnswered(Id, TimeSpan.FromMicroseconds(1_234)),
            new BalancerEvent.BackendSocketRemoved(Id, Path),
            new BalancerEvent.BackendSocketReturned(Id, Path),
            new BalancerEvent.BackendRetry(Id, Path, TimeSpan.FromSeconds(3)),
            new BalancerEvent.BackendForgotten(Id, Path));
        Assert.Equal(
            [
                "INFO  new backend  be_id=5301 be_path=/s/5301",
                "INFO  connecting to backend  be_id=5301 be_path=/s/5301",
                "INFO  backend socket connected  be_id=5301 be_path=/s/5301",
                "INFO  backend socket established  be_id=5301 be_path=/s/5301",
                "TRACE heartbeat sent  be_id=5301 be_path=/s/5301",
                "TRACE received heartbeat reply  be_id=5301 be_path=/s/5301 round_trip_ms=1.234",
                "INFO  backend socket removed  be_id=5301 be_path=/s/5301",
                "INFO  backend socket returned (connecting)  be_id=5301 be_path=/s/5301",
                "DEBUG reconnect triggered for backend  be_id=5301 be_path=/s/5301 delay_secs=3",
                "INFO  backend forgotten  be_id=5301 be_path=/s/5301",
            ],
            _told.Lines);
    }

    [Theory]
    [InlineData(FaultReason.ConnectFailed, "ERROR failed to connect", "error")]
    [InlineData(FaultReason.HelloLate, "WARN  timed out connecting to backend", "error")]
    [InlineData(FaultReason.HeartbeatLate, "ERROR no heartbeat from backend", "error")]
    [InlineData(FaultReason.Closed, "WARN  backend socket EOF", "error")]
    [InlineData(FaultReason.SocketError, "ERROR backend socket error", "error")]
    [InlineData(FaultReason.FrameBeforeHello, "ERROR errant frame before hello", "frame_type")]
    [InlineData(FaultReason.HelloTwice, "ERROR duplicate hello from backend", "error")]
    [InlineData(
        FaultReason.UnexpectedHeartbeat, "ERROR unexpected heartbeat response from backend",
        "error")]
    [InlineData(FaultReason.InvalidFrame, "ERROR invalid frame type", "error")]
    [InlineData(FaultReason.Oversized, "WARN  backend sent oversized UDP packet", "error")]
    [InlineData(
        FaultReason.NotAllowed, "ERROR backend run by a user who is not allowed", "error")]
    public void A_fault_says_what_went_wrong_and_why(
        FaultReason reason, string sentence, string detail)
    {
        _told.Of(new BalancerEvent.BackendFaulted(Id, Path, reason, "EPIPE", WasLive: false));
        Assert.StartsWith($"{sentence}  be_id=5301", _told.Line, StringComparison.Ordinal);
        Assert.EndsWith($" {detail}=EPIPE", _told.Line, StringComparison.Ordinal);
    }

    [Fact]
    public void All_reasons_of_a_fault_have_words_of_their_own()
    {
        foreach (var reason in Enum.GetValues<FaultReason>())
            _told.Of(new BalancerEvent.BackendFaulted(Id, Path, reason, "", WasLive: false));
        Assert.Distinct(_told.Events.Select(e => e.RenderMessage(null)));
        Assert.DoesNotContain(_told.Lines, line => line.Contains("backend fault "));
    }

    [Fact]
    public void W17_The_real_cause_of_a_socket_error_is_told()
    {
        const string Error = "ECONNRESET (Connection reset by peer)";
        _told.Of(new BalancerEvent.BackendFaulted(
            Id, Path, FaultReason.SocketError, Error, WasLive: false));
        Assert.Equal(
            $"ERROR backend socket error  be_id=5301 cause=socket_error error=\"{Error}\"",
            _told.Line);
    }

    [Fact]
    public void That_a_backend_which_carried_is_lost_is_told_in_a_second_line()
    {
        _told.Of(new BalancerEvent.BackendFaulted(
            Id, Path, FaultReason.Closed, "", WasLive: true));
        Assert.Equal(
            "ERROR backend faulted (reset and reconnect)  be_id=5301 cause=closed",
            _told.Lines[1]);
    }

    [Fact]
    public void A_backend_that_is_forgotten_takes_its_name_with_it()
    {
        _told.Of(
            Found, new BalancerEvent.BackendForgotten(Id, Path),
            new BalancerEvent.HeartbeatSent(Id));
        Assert.Equal("TRACE heartbeat sent  be_id=5301", _told.Lines[2]);
    }

    [Fact]
    public void The_directory_and_what_lies_in_it_are_told()
    {
        _told.Of(
            new BalancerEvent.DirectoryUnreadable("/s", "EACCES"),
            new BalancerEvent.DirectoryReadable("/s"),
            new BalancerEvent.EntryIgnored("/s/a", IgnoredBecause.NotASocket),
            new BalancerEvent.EntryIgnored("/s/b", IgnoredBecause.PathTooLong),
            new BalancerEvent.EntryIgnored("/s/c", IgnoredBecause.TooMany),
            new BalancerEvent.EntryIgnored("/s/d", IgnoredBecause.NotAllowed, 4_000_000_000),
            new BalancerEvent.NoBackends());
        Assert.Equal(
            [
                "ERROR error reading socket directory  socket_dir=/s error=EACCES",
                "INFO  socket directory can be read again  socket_dir=/s",
                "WARN  not a socket (ignored)  socket_path=/s/a",
                "ERROR backend socket path is too long  socket_path=/s/b",
                "ERROR too many backends (ignored)  socket_path=/s/c",
                "WARN  backend socket of a user who is not allowed (ignored)  socket_path=/s/d "
                    + "owner=4000000000 allowed_by=\"--backend-user 4000000000\"",
                "ERROR no backends available",
            ],
            _told.Lines);
    }

    [Fact]
    public void A_stream_of_facts_that_fails_is_told_with_its_exception()
    {
        var bug = new InvalidOperationException("a bug");
        using var telling = _told.Narrator.Tell(
            Observable.Throw<Timestamped<BalancerEvent>>(bug));
        var line = Assert.Single(_told.Events);
        Assert.Equal((LogEventLevel.Error, bug), (line.Level, line.Exception));
    }
}
