using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Protection;

// Who asks too much is dropped, or sent to TCP; nobody else is touched.
public class RateLimitTests
{
    static readonly BalancerOptions Ten = BalancerOptions.Default with { RateLimit = 10 };

    [Fact]
    public void Over_the_limit_every_second_query_is_answered_with_TC()
    {
        var world = new World(Ten).With(5301);
        var client = world.Client("10.0.0.1");
        Asks(client, 14);

        Assert.Equal(10, world.Outcomes[Outcome.Answered]);
        Assert.Equal(2, world.Outcomes[Outcome.RateLimited]);
        Assert.Equal(2, world.Outcomes[Outcome.Slipped]);
        Assert.Equal(14, world.Outcomes.Settled);
        Assert.Equal(10, world.Backend(5301).Queries.Count());

        var slips = client.Answers.Where(IsSlip).ToArray();
        Assert.Equal([12, 14], slips.Select(slip => Message.IdOf(slip.Payload)));
        Assert.All(slips, slip =>
        {
            Assert.Equal([0x83, 0, 0, 0, 0, 0, 0, 0, 0, 0], slip.Payload[2..]);
            Assert.Equal((3, 0x7F000001u), (slip.Listener, slip.From.Value));
        });
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 30)]
    [InlineData(3, 10)]
    [InlineData(100, 0)]
    public void Every_nth_is_answered_and_0_says_none(int slip, int answered)
    {
        var world = new World(Ten with { RateSlip = slip }).With(5301);
        var client = world.Client("10.0.0.1");
        Asks(client, 40);
        Assert.Equal(answered, client.Answers.Count(IsSlip));
        Assert.Equal(answered, world.Outcomes[Outcome.Slipped]);
        Assert.Equal(30 - answered, world.Outcomes[Outcome.RateLimited]);
    }

    [Fact]
    public void A_whole_burst_over_the_limit_is_answered_each_with_its_own_id()
    {
        var world = new World(Ten with { RateLimit = 1, RateSlip = 1 }).With(5301);
        var clients = Enumerable.Range(1, DatagramBurst.Capacity)
            .Select(i => world.Client($"10.0.0.{i}")).ToArray();
        world.MoreFollow = true;
        world.AllAsk(clients);
        world.MoreFollow = false;
        world.AllAsk(clients);
        world.Settle();
        Assert.Equal(127, world.Outcomes[Outcome.Slipped]);
        Assert.All(clients, client =>
            Assert.Equal([1, 2], client.Answers.Select(a => Message.IdOf(a.Payload)).Order()));
    }

    [Fact]
    public void Tokens_come_back_with_time()
    {
        var world = new World(Ten with { RateSlip = 0 }).With(5301);
        var client = world.Client("10.0.0.1");
        Asks(client, 11);
        world.Run(98.Milliseconds());
        client.IsNotServed();
        client.IsServedBy(5301);
        client.IsNotServed();
    }

    [Fact]
    public void A_burst_may_be_more_than_a_second_s_worth()
    {
        var world = new World(Ten with { RateBurst = 25 }).With(5301);
        Asks(world.Client("10.0.0.1"), 30);
        Assert.Equal(25, world.Outcomes[Outcome.Answered]);
    }

    [Fact]
    public void Neighbours_share_a_prefix_and_others_do_not()
    {
        var world = new World(Ten).With(5301);
        Asks(world.Client("10.0.0.1"), 10);
        world.Client("10.0.0.255").IsNotServed();
        world.Client("10.0.1.1").IsServedBy(5301);
        world = new World(Ten with { RateLimitPrefixBits = 32 }).With(5301);
        Asks(world.Client("10.0.0.1"), 10);
        world.Client("10.0.0.2").IsServedBy(5301);
    }

    [Fact]
    public void Who_is_over_the_limit_is_not_remembered_and_what_is_no_question_costs_no_token()
    {
        var world = new World(Ten).With(5301);
        for (var i = 0; i < 20; i++)
            world.Client("10.0.0.1").Sends(new byte[3]);
        Asks(world.Client("10.0.0.1"), 10);
        Assert.Equal(10, world.Outcomes[Outcome.Answered]);
        Asks(world.Client("10.0.0.2"), 10);
        Assert.Equal(1, world.Control.Remotes.Count);
    }

    [Fact]
    public void A_slip_that_the_kernel_refuses_is_an_answer_not_sent()
    {
        var world = new World(Ten with { RateSlip = 1 }).With(5301);
        world.Replies.Refuses = _ => true;
        Asks(world.Client("10.0.0.1"), 12);
        Assert.Equal(12, world.Outcomes[Outcome.AnswerNotSent]);
        Assert.Equal(0, world.Outcomes[Outcome.Slipped]);
    }

    [Fact]
    public void What_cannot_be_answered_is_dropped_although_it_is_its_turn()
    {
        // Only compat lets such pass the filter.
        var world = new World(BalancerOptions.Compat with { RateLimit = 1, RateSlip = 1 })
            .With(5301);
        var client = world.Client("10.0.0.1");
        client.Asks();
        client.Sends([]).Sends(Message.Answer(Message.Question(1), 5301)).Asks();
        world.Settle();
        Assert.Equal(2, world.Outcomes[Outcome.RateLimited]);
        Assert.Equal(1, world.Outcomes[Outcome.Slipped]);
        Assert.Equal(1, client.Answers.Count(IsSlip));
    }

    [Fact]
    public void Nobody_is_limited_unless_it_is_asked_for()
    {
        var world = new World().With(5301);
        Asks(world.Client("10.0.0.1"), 1_000);
        Assert.Equal(1_000, world.Outcomes[Outcome.Answered]);
    }

    static void Asks(SimulatedClient client, int times)
    {
        for (var i = 0; i < times; i++)
            client.Asks();
        client.World.Settle();
    }

    static bool IsSlip(Reply reply) => (reply.Payload[2] & 2) != 0;
}
