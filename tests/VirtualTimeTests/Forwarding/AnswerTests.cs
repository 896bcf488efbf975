using System.Buffers.Binary;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Forwarding;

// Answers go to those who asked, once for each time they did (E9, U7).
public class AnswerTests
{
    [Fact]
    public void W22_An_answer_leaves_by_the_listener_and_from_the_address_that_were_asked()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1").Asks();
        world.Settle();
        var answer = Assert.Single(client.Answers);
        Assert.Equal((3, ClientAddress.Parse("127.0.0.1")), (answer.Listener, answer.From));
    }

    [Fact]
    public void Answers_may_come_in_any_order()
    {
        var (world, client) = Silent();
        for (var id = 1; id <= 50; id++)
            client.Asks(id);
        for (var id = 50; id >= 1; id--)
            Says(world, client, id);
        world.Settle();
        Assert.Equal(
            Enumerable.Range(1, 50).Reverse(), client.Answers.Select(a => Message.IdOf(a.Payload)));
        Assert.Equal(50, world.Outcomes[Outcome.Answered]);
    }

    [Fact]
    public void An_answer_to_nobody_is_counted_and_goes_nowhere()
    {
        var (world, client) = Silent();
        client.Asks(1);
        Says(world, world.Client("10.0.0.2"), 1);
        Says(world, world.Client("10.0.0.1", 4001), 1);
        Says(world, client, 2);
        world.Settle();
        Assert.Equal(3, world.Outcomes.Strays);
        Assert.Empty(client.Answers);
        Assert.Empty(world.Unclaimed);
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Equal(1, world.Control.Data.Journal.InFlight);
    }

    [Fact]
    public void A_second_answer_to_one_question_is_a_stray()
    {
        var (world, client) = Silent();
        client.Asks(1);
        Says(world, client, 1);
        Says(world, client, 1);
        world.Settle();
        Assert.Single(client.Answers);
        Assert.Equal((1, 1), (world.Outcomes[Outcome.Answered], world.Outcomes.Strays));
    }

    [Fact]
    public void Only_the_backend_that_was_asked_can_answer()
    {
        var (world, client) = Silent();
        world.With(5302);
        client.Asks(1);
        world.Backend(5302).Says(client.Endpoint, Message.Answer(Message.Question(1), 5302));
        world.Settle();
        Assert.Empty(client.Answers);
        Says(world, client, 1);
        world.Settle();
        client.WasAnsweredBy(5301);
    }

    [Fact]
    public void A_port_that_no_client_can_have_is_a_stray()
    {
        var (world, client) = Silent();
        client.Asks(1);
        SaysToPort(world, client, 0x1_0000u + client.Endpoint.Port);
        world.Settle();
        Assert.Empty(client.Answers);
        Assert.Equal(1, world.Outcomes.Strays);
    }

    [Fact]
    public void The_original_passed_everything_on_and_cut_ports_off()
    {
        var world = World.Compat();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301);
        var client = world.Client("10.0.0.1");
        Says(world, client, 1);
        SaysToPort(world, client, 0x1_0000u + client.Endpoint.Port);
        world.Settle();
        Assert.Equal(2, client.Answers.Count);
        Assert.Equal((2, 0), (world.Outcomes.Strays, world.Outcomes[Outcome.Answered]));
    }

    [Fact]
    public void The_original_counts_answers_and_strays_of_one_read_apart()
    {
        var world = World.Compat();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301);
        var client = world.Client("10.0.0.1").Asks(1).Asks(3);
        for (var id = 1; id <= 4; id++)
            Says(world, client, id);
        world.Settle();
        Assert.Equal([1, 2, 3, 4], client.Answers.Select(a => Message.IdOf(a.Payload)));
        Assert.Equal((2, 2), (world.Outcomes.Strays, world.Outcomes[Outcome.Answered]));
    }

    [Fact]
    public void A_retransmission_is_forwarded_and_as_many_answers_pass()
    {
        var (world, client) = Silent();
        client.Asks(1).Asks(1).Asks(1);
        world.Settle();
        Assert.Equal(3, world.Backend(5301).Queries.Count());
        Assert.Equal(3, world.Control.Data.Journal.InFlight);
        for (var i = 0; i < 4; i++)
            Says(world, client, 1);
        world.Settle();
        Assert.Equal(3, client.Answers.Count);
        Assert.Equal(1, world.Outcomes.Strays);
    }

    [Fact]
    public void The_same_id_asked_at_two_addresses_of_ours_is_answered_from_each()
    {
        var (world, client) = Silent();
        var query = client.Question(7);
        world.ReceivesAt(new(0x7F000001), client.Endpoint, query);
        world.ReceivesAt(new(0x7F000002), client.Endpoint, query);
        Says(world, client, 7);
        Says(world, client, 7);
        world.Settle();
        Assert.Equal(
            ["127.0.0.1", "127.0.0.2"], client.Answers.Select(answer => $"{answer.From}"));
    }

    [Fact]
    public void An_answer_after_patience_has_ended_is_a_stray()
    {
        var (world, client) = Silent();
        client.Asks(1);
        world.Run(9_900.Milliseconds());
        Assert.Equal(1, world.Control.Data.Journal.InFlight);
        world.Run(1_200.Milliseconds());
        Assert.Equal(1, world.Outcomes[Outcome.Expired]);
        Says(world, client, 1);
        world.Settle();
        Assert.Empty(client.Answers);
        Assert.Equal(1, world.Outcomes.Strays);
    }

    [Fact]
    public void W1_An_answer_that_the_kernel_refuses_is_a_failure_of_that_answer_only()
    {
        var world = new World().With(5301);
        var (a, b) = (world.Client("10.0.0.1"), world.Client("10.0.0.2"));
        world.Replies.Refuses = to => to == a.Endpoint;
        world.AllAsk([a, b]);
        world.Settle();
        Assert.Empty(a.Answers);
        b.WasAnsweredBy(5301);
        Assert.Equal(1, world.Outcomes[Outcome.AnswerNotSent]);
        Assert.Equal(1, world.Outcomes[Outcome.Answered]);
    }

    [Fact]
    public void What_a_backend_owed_and_nobody_else_can_answer_is_over_and_a_later_answer_a_stray()
    {
        var (world, client) = Silent();
        client.Asks(1).Asks(2);
        world.Settle();
        world.Backend(5301).CloseAll();
        world.Run(1.Seconds());
        Assert.Equal(2, world.Outcomes[Outcome.NoBackend]);
        Says(world, client, 1);
        world.Settle();
        Assert.Equal(1, world.Outcomes.Strays);
    }

    [Fact]
    public void When_the_journal_is_full_the_oldest_question_gives_way()
    {
        var world = new World(World.Small);
        world.Backend(5301).AnswerAfter = null;
        world.With(5301);
        var client = world.Client("10.0.0.1");
        for (var id = 0; id < 300; id++)
        {
            client.Asks(id);
            world.Run(1.Milliseconds());
        }
        Assert.Equal(300 - 256, world.Outcomes[Outcome.Displaced]);
        Assert.Equal(256, world.Control.Data.Journal.InFlight);
        Says(world, client, 43);
        Says(world, client, 44);
        world.Settle();
        Assert.Equal(44, Message.IdOf(Assert.Single(client.Answers).Payload));
    }

    [Fact]
    public void Latency_is_counted_from_question_to_answer()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = 3.Milliseconds();
        world.With(5301);
        world.Client("10.0.0.1").Asks();
        world.Run(5.Milliseconds());
        var counters = Assert.Single(world.Control.Data.Lanes).Counters;
        Assert.Equal(1, counters.Answered);
        Assert.Equal(3_000, counters.LatencySum);
        Assert.Equal(1, counters.Latencies[12]);
    }

    static (World World, SimulatedClient Client) Silent()
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301);
        return (world, world.Client("10.0.0.1"));
    }

    static void Says(World world, SimulatedClient client, int id) => world.Backend(5301).Says(
        client.Endpoint, Message.Answer(Message.Question(id), 5301));

    static void SaysToPort(World world, SimulatedClient client, uint port)
    {
        var bytes = new byte[FrameSize.DatagramHeader + 16];
        FrameWriter.Datagram(
            bytes, FrameType.OutboundUdp, client.Endpoint, Message.Answer(Message.Question(1), 1));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), port);
        world.Backend(5301).Link.Say(bytes);
    }
}
