using System.Buffers.Binary;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Sessions;

// What ends a session that carried, what is told of it, and that only this session ends (B7).
public class FaultTests
{
    [Fact]
    public void Garbage_faults_the_session() =>
        Faults(FaultReason.InvalidFrame, backend => backend.SaysGarbage());

    [Theory]
    [InlineData(FrameType.ClientHello)]
    [InlineData(FrameType.InboundUdp)]
    [InlineData(FrameType.InboundTcp)]
    [InlineData(FrameType.ClientHeartbeat)]
    [InlineData(FrameType.InboundTcpOk)]
    [InlineData((FrameType)0)]
    [InlineData((FrameType)1000)]
    [InlineData((FrameType)1005)]
    [InlineData((FrameType)uint.MaxValue)]
    public void A_frame_that_does_not_belong_here_faults_the_session(FrameType type) =>
        Faults(FaultReason.InvalidFrame, backend =>
        {
            var bytes = new byte[FrameSize.Bare];
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)type);
            backend.Link.Say(bytes);
        });

    [Theory]
    [InlineData(1501u)]
    [InlineData(0x8000_0000u)]
    [InlineData(uint.MaxValue)]
    public void A_datagram_over_1500_bytes_faults_the_session_by_its_header(uint length) =>
        Faults(FaultReason.Oversized, backend =>
        {
            var header = new byte[FrameSize.DatagramHeader];
            FrameWriter.DatagramHeader(header, FrameType.OutboundUdp, default, 0);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), length);
            backend.Link.Say(header);
        });

    [Fact]
    public void The_end_of_the_connection_faults_the_session() =>
        Faults(FaultReason.Closed, backend => backend.Link.Close());

    [Fact]
    public void A_broken_connection_faults_the_session() =>
        Faults(FaultReason.SocketError, backend => backend.Link.Break());

    [Fact]
    public void A_refused_connect_is_a_fault_of_a_session_that_did_not_carry()
    {
        var world = new World();
        world.Backend(5301).Appears().Dies();
        world.Settle();
        var fault = world.Last<BalancerEvent.BackendFaulted>();
        Assert.Equal((FaultReason.ConnectFailed, false), (fault.Reason, fault.WasLive));
        Assert.Equal("ECONNREFUSED", fault.Detail);
    }

    [Fact]
    public void What_was_answered_before_the_fault_goes_out_first()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1");
        world.Backend(5301).AnswerAfter = null;
        client.Asks(1).Asks(2);
        world.Settle();
        world.Backend(5301).Says(client.Endpoint, Message.Answer(Message.Question(1), 5301));
        world.Backend(5301).SaysGarbage();
        world.Settle();
        Assert.Single(client.Answers);
        Assert.Equal(1, world.Outcomes[Outcome.Answered]);
        Assert.Equal(1, world.Control.Data.Parked);
    }

    [Fact]
    public void What_a_process_said_before_it_was_killed_is_read_first()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1");
        world.Backend(5301).ReadAtMost = 3;
        client.Asks(1);
        world.Scheduler.AdvanceBy(3);
        world.Backend(5301).Dies();
        world.Settle();
        client.WasAnsweredBy(5301);
        Assert.Equal(FaultReason.Closed, world.Last<BalancerEvent.BackendFaulted>().Reason);
    }

    // The session is over and its link aborted; the other one serves; a second later it is back,
    // and after its hold-down and slow start so are its remotes.
    static void Faults(FaultReason reason, Action<SimulatedBackend> offend)
    {
        var world = new World().With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        offend(world.Backend(5301));
        world.Settle();

        var fault = Assert.Single(world.FactsOf<BalancerEvent.BackendFaulted>()).Fact;
        Assert.Equal((new BackendId(5301), reason, true), (fault.Id, fault.Reason, fault.WasLive));
        Assert.False(world.Backend(5301).Links[0].IsOpen);
        Assert.IsType<Session.Waiting>(world.Session(5301));
        client.IsServedBy(5302, "its primary waits");

        world.Run(1.Seconds() + 600.Milliseconds());
        client.IsServedBy(5301, "its primary is back");
    }
}
