using Balancer.Rx;
using Balancer.Rx.Streams;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// The decisions alone.
public class StreamRulesTests
{
    [Fact]
    public void Each_state_has_its_patience()
    {
        Assert.Equal(StreamPatience.Open, StreamRules.PatienceFor(new StreamState.Opening()));
        Assert.Equal(StreamPatience.Open, StreamRules.PatienceFor(new StreamState.Confirming()));
        Assert.Equal(StreamPatience.Idle, StreamRules.PatienceFor(Splicing(false, false)));
        Assert.Equal(StreamPatience.HalfClosed, StreamRules.PatienceFor(Splicing(true, false)));
        Assert.Equal(StreamPatience.HalfClosed, StreamRules.PatienceFor(Splicing(false, true)));
        Assert.Equal(
            StreamPatience.None, StreamRules.PatienceFor(new StreamState.Done(StreamEnd.Idle)));
    }

    [Fact]
    public void Of_all_deadlines_the_earliest_counts()
    {
        var options = BalancerOptions.Default;
        var born = DateTimeOffset.UnixEpoch;
        var late = born + options.StreamLifetime - TimeSpan.FromSeconds(1);
        StreamState[] states = [new StreamState.Opening(), Splicing(false, false),
            Splicing(true, false)];
        foreach (var state in states)
        {
            Assert.Equal(
                new StreamDeadline(born + options.StreamFirstByte, StreamEnd.FirstByteLate),
                StreamRules.NextDeadline(state, new(born, born, born, IsSilent: true), options));
            Assert.Equal(
                new StreamDeadline(born + options.StreamLifetime, StreamEnd.LifetimeOver),
                StreamRules.NextDeadline(state, new(born, late, late, IsSilent: false), options));
        }
    }

    [Fact]
    public void Only_both_ends_finish_a_connection()
    {
        Assert.Equal(
            new StreamState.Done(StreamEnd.Finished),
            StreamRules.AfterMoving(FlowState.Passed, FlowState.Passed, true, true));
        Assert.Equal(
            Splicing(true, false),
            StreamRules.AfterMoving(FlowState.Passed, FlowState.Waiting, true, false));
    }

    [Theory]
    [InlineData(FlowState.SourceBroken, FlowState.Waiting, StreamEnd.ClientError)]
    [InlineData(FlowState.Waiting, FlowState.SinkBroken, StreamEnd.ClientError)]
    [InlineData(FlowState.SinkBroken, FlowState.Waiting, StreamEnd.BackendError)]
    [InlineData(FlowState.Waiting, FlowState.SourceBroken, StreamEnd.BackendError)]
    public void The_broken_side_is_named(object up, object down, StreamEnd end) // T6, W17
    {
        var state = StreamRules.AfterMoving((FlowState)up, (FlowState)down, false, false);
        Assert.Equal(new StreamState.Done(end), state);
    }

    [Fact]
    public void Only_a_finished_connection_ends_without_a_reset() // T6
    {
        Assert.All(
            Enum.GetValues<StreamEnd>(),
            end => Assert.Equal(end is StreamEnd.Finished, StreamRules.IsOrderly(end)));
        Assert.False(StreamRules.IsOrderly(null));
    }

    static StreamState.Splicing Splicing(bool clientEnded, bool backendEnded) =>
        new(clientEnded, backendEnded);
}
