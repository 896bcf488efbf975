using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Forwarding;

// What is dropped before any state is made for it (M15, W1, W26), and what is not.
public class FilterTests
{
    [Theory]
    [InlineData(0, Outcome.Runt)]
    [InlineData(11, Outcome.Runt)]
    [InlineData(1_501, Outcome.Oversized)]
    [InlineData(2_048, Outcome.Oversized)]
    [InlineData(65_507, Outcome.Oversized)]
    public void W26_A_datagram_of_this_size_is_dropped(int size, Outcome outcome)
    {
        var world = new World().With(5301);
        world.Client("10.0.0.1").Sends(new byte[size]);
        IsDropped(world, outcome);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(512)]
    [InlineData(1_500)]
    public void A_datagram_of_this_size_passes_byte_for_byte(int size)
    {
        var world = new World().With(5301);
        var payload = Enumerable.Range(0, size).Select(i => (byte)(i * 7)).ToArray();
        payload[2] = 0x01;
        world.Client("10.0.0.1").Sends(payload);
        world.Settle();
        Assert.Equal(payload, world.Backend(5301).Queries.Single().Data);
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0x81)]
    [InlineData(0xFF)]
    public void W26_An_answer_is_no_question(byte flags)
    {
        var world = new World().With(5301);
        var answer = Message.Answer(Message.Question(1), 5301);
        answer[2] = flags;
        world.Client("10.0.0.1").Sends(answer);
        IsDropped(world, Outcome.NotAQuestion);
    }

    [Fact]
    public void Any_opcode_and_flag_of_a_question_passes()
    {
        var world = new World().With(5301);
        var question = Message.Question(1);
        (question[2], question[3]) = (0x7F, 0xFF);
        world.Client("10.0.0.1").Sends(question);
        world.Settle();
        Assert.Equal(question, world.Backend(5301).Queries.Single().Data);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("0.255.255.255")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.254")]
    [InlineData("255.255.255.255")]
    public void Nobody_at_this_address_can_be_answered(string address)
    {
        var world = new World().With(5301);
        world.Client(address).Asks();
        IsDropped(world, Outcome.Unanswerable);
    }

    [Theory]
    [InlineData("1.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.255")]
    [InlineData("192.168.0.255")]
    [InlineData("223.255.255.255")]
    public void Somebody_at_this_address_can(string address)
    {
        var world = new World().With(5301);
        world.Client(address).IsServedBy(5301);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(53)]
    [InlineData(65_535)]
    public void Somebody_at_any_other_port_can(ushort port)
    {
        var world = new World().With(5301);
        world.Client("10.0.0.1", port).IsServedBy(5301);
    }

    [Fact]
    public void W1_Nobody_at_port_0_can_be_answered()
    {
        var world = new World().With(5301);
        world.Client("10.0.0.1", 0).Asks();
        IsDropped(world, Outcome.Unanswerable);
    }

    [Fact]
    public void The_original_passed_all_but_the_oversized()
    {
        var world = World.Compat().With(5301);
        world.Client("10.0.0.1").Sends([]);
        world.Client("10.0.0.2").Sends([0]);
        world.Client("10.0.0.3", 0).Asks();
        world.Client("255.255.255.255").Asks();
        world.Client("10.0.0.5").Sends(Message.Answer(Message.Question(1), 5301));
        world.Client("10.0.0.6").Sends(new byte[1_501]);
        world.Settle();
        Assert.Equal([0, 1, 17, 17, 16], world.Backend(5301).Queries.Select(q => q.Data.Length));
        Assert.Equal(1, world.Outcomes[Outcome.Oversized]);
        Assert.Equal(5, world.Outcomes[Outcome.Answered]);
    }

    [Fact]
    public void The_good_ones_of_a_burst_pass_between_the_bad_ones()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1");
        world.Receives(
            (client.Endpoint, new byte[3]),
            (client.Endpoint, Message.Question(1)),
            (client.Endpoint, new byte[1_600]),
            (client.Endpoint, Message.Question(2)),
            (world.Client("0.0.0.1").Endpoint, Message.Question(3)));
        world.Settle();
        Assert.Equal([1, 2], client.Answers.Select(answer => Message.IdOf(answer.Payload)));
        Assert.Equal((5, 5), (world.Outcomes.Received, world.Outcomes.Settled));
    }

    // Counted once, and nobody is remembered for it.
    static void IsDropped(World world, Outcome outcome)
    {
        world.Settle();
        Assert.Equal((1, 1), (world.Outcomes[outcome], world.Outcomes.Settled));
        Assert.Equal(0, world.Control.Remotes.Count);
        Assert.Empty(world.Backend(5301).Queries);
    }
}
