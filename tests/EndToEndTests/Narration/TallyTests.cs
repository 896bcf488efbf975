using Balancer.Daemon.Narration;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

public sealed class TallyTests
{
    static readonly BackendId Backend = new(5301);
    static readonly BackendId Other = new(5302);

    readonly Tallies _tallies = new();

    [Fact]
    public void Connections_count_for_the_session_and_for_clients_alike()
    {
        Note(
            new BalancerEvent.BackendConnecting(Backend, ""),
            new BalancerEvent.BackendFaulted(Backend, "", FaultReason.ConnectFailed, "", false),
            new BalancerEvent.BackendConnecting(Backend, ""),
            new BalancerEvent.StreamConnecting(1, Backend),
            new BalancerEvent.StreamRefused(1, Backend, ""),
            new BalancerEvent.StreamConnecting(1, Other),
            new BalancerEvent.StreamEstablished(1, Other));
        Assert.Equal(new(Starts: 3, Errors: 2, 0, 0, null), _tallies.Of(Backend));
        Assert.Equal(new(Starts: 1, 0, Streams: 1, 0, null), _tallies.Of(Other));
    }

    [Fact]
    public void Only_the_end_of_what_carried_is_a_fault()
    {
        Note(
            new BalancerEvent.BackendFaulted(Backend, "", FaultReason.HelloLate, "", false),
            new BalancerEvent.BackendFaulted(Backend, "", FaultReason.Closed, "", true));
        Assert.Equal(1, _tallies.Of(Backend).Faults);
        Assert.Equal(2, _tallies.Of(Backend).Errors);
    }

    [Fact]
    public void The_last_heartbeat_counts_until_the_backend_is_forgotten()
    {
        Note(
            new BalancerEvent.HeartbeatAnswered(Backend, TimeSpan.FromMilliseconds(9)),
            new BalancerEvent.HeartbeatAnswered(Backend, TimeSpan.FromMilliseconds(1)));
        Assert.Equal(TimeSpan.FromMilliseconds(1), _tallies.Of(Backend).RoundTrip);
        Note(new BalancerEvent.BackendForgotten(Backend, ""));
        Assert.Equal(default, _tallies.Of(Backend));
    }

    [Fact]
    public void Moves_add_up()
    {
        Note(
            new BalancerEvent.SpreadMeasured(9, 1, Backend, 4),
            new BalancerEvent.SpreadMeasured(9, 8, Backend, 1));
        Assert.Equal(5, _tallies.Moved);
    }

    void Note(params BalancerEvent[] facts) => Array.ForEach(facts, _tallies.Note);
}
