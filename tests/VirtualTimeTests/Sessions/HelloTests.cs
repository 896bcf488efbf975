using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Sessions;

// A session opens with CLIENT_HELLO, answered by SERVER_HELLO in time (B6, M5, F12, F13).
public class HelloTests
{
    [Fact]
    public void A_session_says_hello_first_and_carries_once_it_is_answered()
    {
        var world = new World();
        world.Backend(5301).HelloAfter = 3.Seconds();
        world.Backend(5301).Appears();
        world.Run(1.Seconds());
        Assert.Equal(FrameType.ClientHello, world.Backend(5301).Heard.Single().Type);
        world.Client("10.0.0.1").IsNotServed();
        world.Run(world.Options.ParkPatience);
        Assert.Equal(1, world.Outcomes[Balancer.Rx.Forwarding.Outcome.NoBackend]);

        world.Run(3.Seconds());
        Assert.Single(world.FactsOf<BalancerEvent.BackendEstablished>());
        world.Client("10.0.0.1").IsServedBy(5301);
    }

    [Fact]
    public void A_hello_that_is_missing_for_thirty_seconds_faults_the_session()
    {
        var world = new World();
        world.Backend(5301).HelloAfter = null;
        world.Backend(5301).Appears();
        world.Run(40.Seconds());
        var begun = world.FactsOf<BalancerEvent.BackendConnecting>().First().At;
        var (at, fault) = world.FactsOf<BalancerEvent.BackendFaulted>().First();
        Assert.Equal(FaultReason.HelloLate, fault.Reason);
        Assert.False(fault.WasLive);
        Assert.Equal(30.Seconds(), at - begun);
        Assert.False(world.Backend(5301).Links[0].IsOpen);
    }

    [Fact]
    public void A_hello_after_twenty_nine_seconds_is_in_time()
    {
        var world = new World();
        world.Backend(5301).HelloAfter = 29.Seconds();
        world.Backend(5301).Appears();
        world.Run(31.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Empty(world.FactsOf<BalancerEvent.BackendFaulted>());
    }

    [Fact]
    public void A_connect_that_hangs_counts_against_the_same_patience()
    {
        var world = new World();
        world.Backend(5301).Connecting = Connecting.Hangs;
        world.Backend(5301).Appears();
        world.Run(31.Seconds());
        Assert.Equal(FaultReason.HelloLate, world.Last<BalancerEvent.BackendFaulted>().Reason);
    }

    [Fact]
    public void A_second_hello_faults_the_session()
    {
        var world = new World().With(5301);
        world.Backend(5301).Says(FrameType.ServerHello);
        world.Settle();
        Assert.Equal(FaultReason.HelloTwice, world.Last<BalancerEvent.BackendFaulted>().Reason);
    }

    [Theory]
    [InlineData(FrameType.ServerHeartbeat)]
    [InlineData(FrameType.InboundTcpOk)]
    public void Another_frame_before_the_hello_faults_the_session(FrameType frame)
    {
        var world = Unanswered();
        world.Backend(5301).Says(frame);
        world.Settle();
        Assert.Equal(
            FaultReason.FrameBeforeHello, world.Last<BalancerEvent.BackendFaulted>().Reason);
    }

    [Fact]
    public void A_datagram_before_the_hello_faults_the_session_and_reaches_nobody()
    {
        var world = Unanswered();
        var client = world.Client("10.0.0.1");
        world.Backend(5301).Says(client.Endpoint, Message.Answer(Message.Question(1), 5301));
        world.Settle();
        Assert.Equal(
            FaultReason.FrameBeforeHello, world.Last<BalancerEvent.BackendFaulted>().Reason);
        Assert.Empty(client.Answers);
    }

    [Fact]
    public void A_hello_and_an_answer_in_one_read_are_both_heard()
    {
        var world = Unanswered();
        world.Backend(5301).Says(FrameType.ServerHello);
        world.Backend(5301).Says(
            world.Client("10.0.0.1").Endpoint, Message.Answer(Message.Question(1), 5301));
        world.Settle();
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Equal(1, world.Outcomes.Strays);
    }

    static World Unanswered()
    {
        var world = new World();
        world.Backend(5301).HelloAfter = null;
        world.Backend(5301).Appears();
        world.Run(50.Milliseconds());
        Assert.IsType<Session.Greeting>(world.Session(5301));
        return world;
    }
}
