using Balancer.Rx;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// Deadlines of connections that are open. The original had none (M13), and ran out of descriptors.
public class StreamDeadlineTests
{
    static readonly TimeSpan Idle = BalancerOptions.Default.StreamIdle;
    static readonly TimeSpan HalfClosed = BalancerOptions.Default.StreamHalfClosed;
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void W4_A_client_that_never_closes_after_the_backends_end_is_cut()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Spoken();
        world.Run(Idle - TimeSpan.FromSeconds(1));
        backend.End();
        world.Run(HalfClosed - Moment);
        Assert.Empty(world.Ends);

        world.Run(2 * Moment);
        Assert.Equal([StreamEnd.Idle], world.Ends);
        Assert.True(client.IsReset && backend.IsReset);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_backend_that_never_closes_after_the_clients_end_is_cut() // W4
    {
        using var world = new StreamWorld();
        var (client, _) = world.Established();
        client.End();
        world.Run(HalfClosed + Moment);

        Assert.Equal([StreamEnd.Idle], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_half_closed_connection_on_which_bytes_move_goes_on()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Spoken();
        client.End();
        for (var i = 0; i < 10; i++)
        {
            world.Run(HalfClosed - Moment);
            backend.Send(1);
        }
        world.Run(HalfClosed - Moment);
        Assert.Empty(world.Ends);

        world.Run(2 * Moment);
        Assert.Equal([StreamEnd.Idle], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_connection_on_which_nothing_moves_is_cut() // W4
    {
        using var world = new StreamWorld();
        var (client, _) = world.Spoken();
        world.Run(Idle / 2);
        client.Send(1);
        world.Run(Idle - Moment);
        Assert.Empty(world.Ends);

        world.Run(2 * Moment);
        Assert.Equal([StreamEnd.Idle], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_client_that_asks_and_never_reads_is_cut() // W4, W5
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Spoken();
        client.Reads(window: 0);
        backend.Send(Bytes.Many(200_000));
        world.Settle();
        Assert.Equal(1, world.Proxies.BuffersInUse);

        world.Run(Idle + Moment);
        Assert.Equal([StreamEnd.Idle], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void A_busy_connection_keeps_one_timer_however_much_moves()
    {
        using var world = new StreamWorld();
        var (client, _) = world.Established();
        var before = world.Scheduler.Scheduled;
        for (var i = 0; i < 1_000; i++)
        {
            client.Send(1);
            world.Run(Moment);
        }
        // Each byte is one signal of the simulation; the rest are timers: one look at most, which
        // the opening has left.
        Assert.InRange(world.Scheduler.Scheduled - before - 1_000, 0, 1);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }
}
