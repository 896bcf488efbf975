using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Continuity;

// What a backend owes when it dies is asked of another, at once and once (W9).
public class ReplayTests
{
    static readonly int[] Three = [5301, 5302, 5303];

    [Fact]
    public void W9_What_a_killed_backend_owed_is_answered_by_another_within_milliseconds()
    {
        var (world, client) = Owing();
        client.Asks(1).Asks(2).Asks(3);
        world.Settle();
        Dies(world, 5301);
        Assert.Equal([1, 2, 3], client.Answers.Select(a => Message.IdOf(a.Payload)));
        Assert.All(client.AnsweredBy, server => Assert.Equal(5302, server));
        Assert.Equal((3, 0), (world.Outcomes.Replayed, world.Outcomes[Outcome.Lost]));
    }

    [Fact]
    public void What_it_had_not_even_been_sent_is_asked_too_and_what_it_answered_is_not()
    {
        var world = new World(World.Small).With(5301, 5302);
        var (backend, client) = (world.Backend(5301), world.Client("10.0.0.1"));
        client.IsServedBy(5301);
        backend.Link.Takes(40);
        client.Asks(11).Asks(12).Asks(13);
        Dies(world, 5301);
        Assert.Equal([11, 12, 13], client.Answers.Skip(1).Select(a => Message.IdOf(a.Payload)));
        Assert.Equal([12, 13], world.Backend(5302).Queries.Select(q => Message.IdOf(q.Data)));
    }

    [Fact]
    public void A_question_is_asked_of_a_second_backend_but_not_of_a_third()
    {
        var (world, client) = Owing(5301, 5302, 5303);
        world.Backend(5302).AnswerAfter = world.Backend(5303).AnswerAfter = null;
        client.Asks(1);
        world.Settle();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var asked = Three
                .Select(world.Backend)
                .Single(b => b.Links[^1].IsOpen && b.Queries.Any(q => Message.IdOf(q.Data) == 1));
            Dies(world, asked.Mark);
        }
        var heard = Three.Sum(id => world.Backend(id).Queries.Count(
            query => Message.IdOf(query.Data) == 1));
        Assert.Equal(2, heard);
        Assert.Equal(1, world.Outcomes[Outcome.Lost]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    public void Only_queries_are_asked_again_not_updates_and_their_like(int opcode)
    {
        var (world, client) = Owing();
        var update = Message.Question(7);
        update[2] |= (byte)(opcode << 3);
        client.Sends(update);
        world.Settle();
        Dies(world, 5301);
        Assert.Empty(world.Backend(5302).Queries);
        Assert.Equal(1, world.Outcomes[Outcome.Lost]);
    }

    [Fact]
    public void What_is_older_than_a_second_and_a_half_is_lost()
    {
        var (world, client) = Owing();
        client.Asks(1);
        world.Run(1.Seconds());
        client.Asks(2);
        world.Run(501.Milliseconds());
        Dies(world, 5301);
        Assert.Equal(2, Message.IdOf(Assert.Single(client.Answers).Payload));
        Assert.Equal(1, world.Outcomes[Outcome.Lost]);
    }

    [Fact]
    public void A_question_asked_three_times_is_answered_three_times()
    {
        var (world, client) = Owing();
        client.Asks(1).Asks(1).Asks(1);
        world.Settle();
        Dies(world, 5301);
        Assert.Equal(3, client.Answers.Count);
        Assert.Equal(3, world.Outcomes[Outcome.Answered]);
    }

    [Fact]
    public void A_retransmission_that_is_young_enough_is_asked_again_although_the_first_is_not()
    {
        var (world, client) = Owing();
        client.Asks(1);
        world.Run(1.Seconds());
        client.Asks(1);
        world.Run(1.Seconds());
        Dies(world, 5301);
        Assert.Single(client.Answers);
        Assert.Equal(1, world.Outcomes[Outcome.Lost]);
    }

    [Fact]
    public void Questions_lie_in_the_ring_although_it_wraps()
    {
        var world = new World(World.Small).With(5301, 5302);
        var client = world.Client("10.0.0.1");
        for (var lap = 0; lap < 300; lap++)
            client.IsServedBy(5301);
        world.Backend(5301).AnswerAfter = null;
        for (var id = 1_000; id < 1_100; id++)
            client.Asks(id);
        Dies(world, 5301);
        Assert.Equal(
            Enumerable.Range(1_000, 100),
            client.Answers.Skip(300).Select(a => Message.IdOf(a.Payload)));
    }

    [Fact]
    public void The_original_lost_what_a_backend_owed()
    {
        var world = World.Compat();
        world.Backend(5301).AnswerAfter = null;
        world.With(5301, 5302);
        world.Client("10.0.0.1").Asks(1);
        world.Settle();
        Dies(world, 5301);
        Assert.Equal(1, world.Outcomes[Outcome.Lost]);
    }

    [Fact]
    public void Of_those_that_are_killed_together_none_is_asked_for_the_other()
    {
        var (world, client) = Owing(5301, 5302, 5303);
        world.Backend(5302).AnswerAfter = null;
        var other = world.Client("10.0.0.2");
        client.Asks(1);
        other.Asks(2);
        world.Backend(5301).Dies();
        world.Run(5.Milliseconds());
        world.Backend(5302).Dies();
        world.Run(world.Options.ReplayPause + 1.Milliseconds());
        client.WasAnsweredBy(5303);
        other.WasAnsweredBy(5303);
    }

    [Fact]
    public void Where_nothing_may_wait_a_drained_backend_is_asked_rather_than_nobody()
    {
        var world = new World(World.Small with { ParkPatience = TimeSpan.Zero });
        world.Backend(5301).AnswerAfter = null;
        world.With(5301, 5302);
        world.Commands(new BackendCommand.Drain(new(5302)));
        var client = world.Client("10.0.0.1");
        client.Asks(1);
        world.Settle();
        Dies(world, 5301);
        client.WasAnsweredBy(5302);
    }

    static void Dies(World world, int id)
    {
        world.Backend(id).Dies();
        world.Run(world.Options.ReplayPause + 1.Milliseconds());
    }

    // A client of 5301, which answers nothing.
    static (World World, SimulatedClient Client) Owing(params int[] ids)
    {
        var world = new World();
        world.Backend(5301).AnswerAfter = null;
        world.With(ids.Length > 0 ? ids : [5301, 5302]);
        return (world, world.Client("10.0.0.1"));
    }
}
