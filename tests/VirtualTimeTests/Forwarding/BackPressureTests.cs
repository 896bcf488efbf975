using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;

namespace Balancer.VirtualTimeTests.Forwarding;

// When a socket takes no more: the ring holds, then the backup serves, then it is a drop (U4).
public class BackPressureTests
{
    [Fact]
    public void While_the_socket_is_full_the_ring_holds_and_afterwards_all_is_answered_in_order()
    {
        var world = new World().With(5301);
        var (backend, client) = (world.Backend(5301), world.Client("10.0.0.1"));
        backend.Link.Takes(0);
        for (var id = 0; id < 100; id++)
            client.Asks(id);
        world.Run(1.Seconds());
        Assert.Empty(client.Answers);

        backend.Link.Takes(int.MaxValue);
        world.Settle();
        Assert.Equal(Enumerable.Range(0, 100), client.Answers.Select(a => Message.IdOf(a.Payload)));
        Assert.Equal(0, world.Control.Data.Lanes.Single().Unsent);
    }

    [Fact]
    public void A_full_socket_is_not_sent_to_until_it_says_that_there_is_room()
    {
        var world = new World().With(5301);
        var link = world.Backend(5301).Link;
        link.Takes(0);
        var sends = link.Sends;
        for (var id = 0; id < 100; id++)
            world.Client("10.0.0.1").Asks(id);
        Assert.Equal(sends + 1, link.Sends);
    }

    [Fact]
    public void A_write_that_stops_at_any_byte_goes_on_from_that_byte()
    {
        for (var taken = 0; taken <= 2 * 33; taken++)
        {
            var world = new World(World.Small).With(5301);
            var (backend, client) = (world.Backend(5301), world.Client("10.0.0.1"));
            backend.Link.Takes(taken);
            world.Receives(
                (client.Endpoint, client.Question()), (client.Endpoint, client.Question()));
            world.Settle();
            Assert.Equal(taken / 33, backend.Queries.Count());
            backend.Link.Takes(int.MaxValue);
            world.Settle();
            Assert.Equal([1, 2], backend.Queries.Select(query => Message.IdOf(query.Data)));
            Assert.Equal(2, client.Answers.Count);
        }
    }

    [Fact]
    public void A_socket_that_takes_a_byte_at_a_time_gets_all_in_the_end()
    {
        var world = new World(World.Small).With(5301);
        var (backend, client) = (world.Backend(5301), world.Client("10.0.0.1"));
        backend.Link.Takes(0);
        client.Asks().Asks().Asks();
        for (var i = 0; i < 3 * 33; i++)
        {
            backend.Link.Takes(1);
            world.Scheduler.AdvanceBy(10);
        }
        Assert.Equal(3, client.Answers.Count);
    }

    [Fact]
    public void The_rest_of_a_frame_that_a_dead_session_had_begun_is_not_sent_to_the_next_one()
    {
        var world = new World(World.Small).With(5301);
        var (backend, client) = (world.Backend(5301), world.Client("10.0.0.1"));
        backend.Link.Takes(20);
        client.Asks().Asks();
        backend.Link.Close();
        world.Run(1.Seconds());
        Assert.Equal(2, backend.Links.Count);
        Assert.Equal(
            [FrameType.ClientHello, FrameType.ClientHello],
            backend.Heard.Select(heard => heard.Type));
        Assert.Equal(2, world.Outcomes[Outcome.NoBackend]);
        client.IsServedBy(5301);
    }

    [Fact]
    public void What_the_ring_cannot_hold_goes_to_the_backup()
    {
        var world = new World(World.Small).With(5301, 5302);
        var client = Stuck(world);
        Assert.Equal(6, world.Backend(5302).Queries.Count());
        Assert.Equal(6, client.Answers.Count);
        Assert.Equal(0, world.Outcomes[Outcome.Stuck]);

        world.Backend(5301).Link.Takes(int.MaxValue);
        world.Settle();
        Assert.Equal(4, world.Backend(5301).Queries.Count());
        Assert.Equal(10, world.Outcomes[Outcome.Answered]);
        Assert.Equal(6, world.Control.Data.Lanes.First().Counters.Stuck);
    }

    [Fact]
    public void Without_a_backup_it_is_dropped_and_counted()
    {
        var world = new World(World.Small).With(5301);
        Stuck(world);
        Assert.Equal(6, world.Outcomes[Outcome.Stuck]);
        var slot = world.Control.Routes.Slot(world.Control.Routes.Find(0x0A000001));
        Assert.Equal((10u, 6u), (slot.Udp, slot.UdpDropped));
    }

    [Fact]
    public void Heartbeats_fit_into_a_full_ring()
    {
        var world = new World(World.Small).With(5301);
        Stuck(world);
        world.Run(5.Seconds());
        world.Backend(5301).Link.Takes(int.MaxValue);
        world.Run(5.Seconds());
        Assert.IsType<Session.Live>(world.Session(5301));
        Assert.Empty(world.FactsOf<BalancerEvent.BackendFaulted>());
    }

    [Fact]
    public void The_original_dropped_while_the_socket_was_full()
    {
        var world = new World(BalancerOptions.Compat).With(5301, 5302);
        var client = world.Client("10.0.0.1");
        client.IsServedBy(5301);
        world.Backend(5301).Link.Takes(0);
        client.Asks();
        Assert.Equal(0, world.Outcomes[Outcome.Stuck]);
        client.Asks().Asks();
        Assert.Equal(2, world.Outcomes[Outcome.Stuck]);
        Assert.Empty(world.Backend(5302).Queries);

        world.Backend(5301).Link.Takes(int.MaxValue);
        world.Settle();
        client.IsServedBy(5301);
        Assert.Equal(2, world.Outcomes[Outcome.Stuck]);
    }

    // Ten queries of 1,000 bytes, of which a ring of 4,096 bytes holds four.
    static SimulatedClient Stuck(World world)
    {
        world.Backend(5301).Link.Takes(0);
        var client = world.Client("10.0.0.1");
        for (var id = 0; id < 10; id++)
        {
            var query = new byte[1_000];
            Message.Question(id).CopyTo(query, 0);
            client.Sends(query);
        }
        world.Settle();
        return client;
    }
}
