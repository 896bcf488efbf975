using Balancer.Rx;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// Deadlines that count from the accept: a first byte must come, and nothing lasts for ever. Whoever
// connects and is silent, or trickles, would hold descriptors as long as he likes (W3, W4).
public class StreamAgeTests
{
    static readonly TimeSpan FirstByte = BalancerOptions.Default.StreamFirstByte;
    static readonly TimeSpan Lifetime = BalancerOptions.Default.StreamLifetime;
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void W4_A_client_that_says_nothing_is_ended_when_its_first_byte_is_late()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        world.Run(FirstByte - Moment);
        Assert.Empty(world.Ends);

        world.Run(2 * Moment);
        Assert.Equal([StreamEnd.FirstByteLate], world.Ends);
        Assert.True(client.IsReset && backend.IsReset);
        world.NothingIsLeft();
    }

    [Fact]
    public void What_the_backend_says_is_not_the_clients_first_byte()
    {
        using var world = new StreamWorld();
        var (_, backend) = world.Established();
        world.Run(FirstByte / 2);
        backend.Send(1, 2, 3);
        world.Run(FirstByte / 2 + Moment);

        Assert.Equal([StreamEnd.FirstByteLate], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_silent_client_is_not_carried_from_one_backend_to_the_next()
    {
        using var world = new StreamWorld();
        world.Client();
        world.Backend.Connect();
        world.Run(FirstByte + Moment);

        Assert.Equal([StreamEnd.FirstByteLate], world.Ends);
        Assert.Equal([5301], world.Asked);
        Assert.Equal([(null, false)], world.Counted);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_first_byte_in_time_leaves_the_connection_its_idle_time()
    {
        using var world = new StreamWorld();
        var (client, _) = world.Established();
        world.Run(FirstByte - Moment);
        client.Send(1);
        world.Run(world.Options.StreamIdle - Moment);
        Assert.Empty(world.Ends);

        world.Run(2 * Moment);
        Assert.Equal([StreamEnd.Idle], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_client_that_ends_without_a_byte_has_said_what_it_had_to_say()
    {
        using var world = new StreamWorld(BalancerOptions.Default with
        {
            StreamFirstByte = TimeSpan.FromSeconds(2),
        });
        var (client, backend) = world.Established();
        client.End();
        world.Run(TimeSpan.FromSeconds(3));
        Assert.Empty(world.Ends);

        backend.End();
        world.Settle();
        Assert.Equal([StreamEnd.Finished], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_connection_on_which_bytes_always_move_ends_with_its_lifetime() // W4
    {
        var step = TimeSpan.FromSeconds(10);
        using var world = new StreamWorld();
        var born = world.Scheduler.Now;
        var (client, backend) = world.Spoken();
        while (world.Scheduler.Now < born + Lifetime - step)
        {
            client.Send(1);
            backend.Send(2);
            world.Run(step);
        }
        world.Run(born + Lifetime - world.Scheduler.Now - Moment);
        Assert.Empty(world.Ends);

        world.Run(2 * Moment);
        Assert.Equal([StreamEnd.LifetimeOver], world.Ends);
        Assert.True(client.IsReset && backend.IsReset);
        world.NothingIsLeft();
    }

    [Fact]
    public void An_attempt_with_a_backend_ends_with_the_lifetime_too()
    {
        using var world = new StreamWorld(BalancerOptions.Default with
        {
            StreamLifetime = BalancerOptions.Default.StreamOpenPatience,
        });
        world.Client().Send(1);
        world.Run(world.Options.StreamLifetime + Moment);

        Assert.Equal([StreamEnd.LifetimeOver], world.Ends);
        Assert.Equal([5301], world.Asked);
        Assert.Equal([(null, false)], world.Counted);
        world.NothingIsLeft();
    }
}
