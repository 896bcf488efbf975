using Balancer.Rx;
using Serilog.Events;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

public sealed class ClientSentenceTests
{
    static readonly BackendId Backend = new(5301);
    static readonly ClientAddress Remote = ClientAddress.Parse("10.0.0.7");
    static readonly ClientEndpoint Client = new(Remote, 5353);

    /// <summary>Which the original did not know.</summary>
    static readonly AssignedBecause[] Ours =
        [AssignedBecause.Pinned, AssignedBecause.Moved, AssignedBecause.HighestWeight];

    readonly Told _told = new();

    [Fact]
    public void The_stay_of_a_remote_is_told_in_the_original_s_words()
    {
        _told.Of(new BalancerEvent.RemoteNew(Remote));
        foreach (var reason in Enum.GetValues<AssignedBecause>().Except(Ours))
            _told.Of(new BalancerEvent.RemoteAssigned(Remote, Backend, reason));
        _told.Of(new BalancerEvent.RemoteExpired(Remote));
        const string Who = "remote_ip=10.0.0.7";
        Assert.Equal(
            [
                $"DEBUG new remote peer  {Who}",
                $"DEBUG remote assigned to new primary backend  {Who} be_id=5301 cause=newcomer",
                "DEBUG remote assigned to new primary backend  "
                    + $"{Who} be_id=5301 cause=primary_gone",
                "DEBUG remote assigned to new backup backend  "
                    + $"{Who} be_id=5301 cause=primary_down",
                "DEBUG remote assigned to original primary backend  "
                    + $"{Who} be_id=5301 cause=primary_back",
                $"DEBUG rebalancing to reduce spread  {Who} be_id=5301 cause=rebalanced",
                $"DEBUG expiring remote entry  {Who}",
            ],
            _told.Lines);
    }

    [Fact]
    public void A_spread_is_news_only_if_somebody_was_moved()
    {
        _told.Of(
            new BalancerEvent.SpreadMeasured(12, 9, Backend, Moved: 0),
            new BalancerEvent.SpreadMeasured(1_000, 0, Backend, Moved: 968));
        Assert.Equal(
            [
                "TRACE balancer spread statistics  "
                    + "max_count=12 min_count=9 max_be_id=5301 spread=3",
                "INFO  rebalancing to reduce spread  "
                    + "max_count=1000 min_count=0 max_be_id=5301 spread=1000 moved=968",
            ],
            _told.Lines);
    }

    [Fact]
    public void Who_gave_way_is_told_as_a_number()
    {
        _told.Of(new BalancerEvent.RemotesDisplaced(4_096));
        Assert.Equal(
            ["INFO  remotes on probation gave way to newcomers  count=4096"], _told.Lines);
    }

    [Fact]
    public void The_course_of_a_connection_is_told_under_its_client_s_name()
    {
        _told.Of(
            new BalancerEvent.StreamAccepted(7, Client),
            new BalancerEvent.StreamConnecting(7, Backend),
            new BalancerEvent.StreamRefused(7, Backend, "ECONNREFUSED"),
            new BalancerEvent.StreamEstablished(7, Backend),
            new BalancerEvent.StreamFinished(7, Client, StreamEnd.Finished, 31, 63),
            new BalancerEvent.StreamFinished(
                7, Client, StreamEnd.ClientError, 0, 0, "ECONNRESET"));
        const string Who = "conn_id=7 remote_ip=10.0.0.7 remote_port=5353";
        Assert.Equal(
            [
                $"DEBUG inbound TCP connection  {Who}",
                $"TRACE connecting to backend  {Who} backend=5301",
                $"DEBUG failed to connect  {Who} backend=5301 error=ECONNREFUSED",
                $"DEBUG connected to backend  {Who} backend=5301",
                $"DEBUG proxy connection finished  {Who} end=finished bytes_in=31 bytes_out=63",
                $"DEBUG proxy connection finished  {Who} end=client_error "
                    + "error=ECONNRESET bytes_in=0 bytes_out=0",
            ],
            _told.Lines);
    }

    [Fact]
    public void A_connection_that_is_over_takes_its_name_with_it()
    {
        _told.Of(
            new BalancerEvent.StreamAccepted(7, Client),
            new BalancerEvent.StreamFinished(7, Client, StreamEnd.ClientError, 0, 0),
            new BalancerEvent.StreamConnecting(7, Backend));
        Assert.Equal("TRACE connecting to backend  conn_id=7 backend=5301", _told.Lines[2]);
    }

    [Fact]
    public void What_concerns_more_than_one_client_is_a_warning()
    {
        _told.Of(
            new BalancerEvent.RemotesFull(262_144),
            new BalancerEvent.AcceptFailed("EMFILE (Too many open files)"));
        Assert.All(_told.Events, e => Assert.Equal(LogEventLevel.Warning, e.Level));
        Assert.EndsWith(
            "limit=262144", _told.Lines[0], StringComparison.Ordinal);
        Assert.Equal(
            "WARN  incoming TCP accept failure  error=\"EMFILE (Too many open files)\"",
            _told.Lines[1]);
    }
}
