using System.Net.Sockets;
using Balancer.Daemon.Native;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Sockets;

// Client connections through the loop, with real sockets at both ends.
public class TcpProxyTests
{
    [Fact]
    public void An_echo_and_an_end_in_both_directions() // T3, T4, T5
    {
        using var world = new TcpWorld();
        world.AddBackend();
        var (client, backend) = world.Established();
        client.Send([1, 2, 3]);
        Assert.Equal([1, 2, 3], backend.ReadExactly(3));

        client.Shutdown(SocketShutdown.Send);
        backend.ReadEnd();
        backend.Send([4, 5]);
        Assert.Equal([4, 5], client.ReadExactly(2));
        backend.Shutdown(SocketShutdown.Send);
        client.ReadEnd();
        Assert.Equal([StreamEnd.Finished], world.Ends(1));
    }

    [Fact]
    public void A_question_and_its_end_sent_before_the_backend_has_accepted() // T5, E3
    {
        using var world = new TcpWorld();
        var listener = world.AddBackend();
        var client = world.Client();
        client.Send([7, 8, 9]);
        client.Shutdown(SocketShutdown.Send);

        var backend = listener.Take();
        Assert.Equal([7, 8, 9], backend.ReadExactly(3));
        backend.ReadEnd();
        backend.Send([1]);
        backend.Dispose();
        Assert.Equal([1], client.ReadExactly(1));
        client.ReadEnd();
        Assert.Equal([StreamEnd.Finished], world.Ends(1));
    }

    [Fact]
    public async Task Megabytes_both_ways_at_once_arrive_as_they_were_sent()
    {
        using var world = new TcpWorld();
        world.AddBackend();
        var (client, backend) = world.Established();
        var sent = new byte[8 << 20];
        new Random(1).NextBytes(sent);

        var echo = Task.Run(() =>
        {
            var buffer = new byte[10_000];
            for (int read; (read = backend.Receive(buffer)) > 0;)
                backend.Send(buffer.AsSpan(0, read));
            backend.Shutdown(SocketShutdown.Send);
        }, TestContext.Current.CancellationToken);
        var writing = Task.Run(() =>
        {
            client.Send(sent);
            client.Shutdown(SocketShutdown.Send);
        }, TestContext.Current.CancellationToken);

        Assert.True(client.ReadExactly(sent.Length).AsSpan().SequenceEqual(sent));
        client.ReadEnd();
        await Task.WhenAll(echo, writing);
        Assert.Equal([StreamEnd.Finished], world.Ends(1));
    }

    [Fact]
    public void W5_A_client_that_never_reads_holds_no_more_than_64_KiB_here()
    {
        using var world = new TcpWorld();
        world.AddBackend();
        var (client, backend) = world.Established();
        var sent = backend.WriteUntilBlocked();

        var snapshot = world.OnLoop(world.Proxies.Snapshots).Single();
        Assert.InRange(snapshot.HeldOut, 1, 64 * 1024);
        Assert.InRange(sent, snapshot.BytesOut, long.MaxValue);
        Assert.Equal(1, world.OnLoop(() => world.Proxies.BuffersInUse));

        // It is backpressure, not loss: what was taken arrives once the client reads.
        client.ReadExactly((int)sent);
        TcpWorld.WaitFor(() => world.OnLoop(() => world.Proxies.BuffersInUse) == 0, "the flush");
        client.Dispose();
    }

    [Fact]
    public void A_client_that_resets_ends_its_connection_to_the_backend() // T6
    {
        using var world = new TcpWorld();
        world.AddBackend();
        var (client, backend) = world.Established();
        client.LingerState = new(true, 0);
        client.Dispose();

        backend.ReadEnd();
        Assert.Equal([StreamEnd.ClientError], world.Ends(1));
    }

    [Fact]
    public void A_backend_that_dies_with_questions_unread_has_its_answers_delivered_first() // T6
    {
        using var world = new TcpWorld();
        world.AddBackend();
        var (client, backend) = world.Established();
        client.Send([1]);
        backend.Poll(-1, SelectMode.SelectRead);
        backend.Send([42]);
        backend.Dispose();

        Assert.Equal([42], client.ReadExactly(1));
        client.ReadReset();
        Assert.Equal([StreamEnd.BackendError], world.Ends(1));
    }

    [Fact]
    public void Garbage_instead_of_OK_resets_the_client() // T4
    {
        using var world = new TcpWorld();
        var listener = world.AddBackend();
        world.AddBackend();
        var client = world.Client();
        listener.Accept().Send("HTTP"u8);

        client.ReadReset();
        Assert.Equal([StreamEnd.BackendError], world.Ends(1));
    }

    [Fact]
    public void Without_a_backend_the_client_gets_a_reset() // T2
    {
        using var world = new TcpWorld();
        world.Client().ReadReset();
        Assert.Equal([StreamEnd.NoBackend], world.Ends(1));
    }

    [Fact]
    public void A_stale_socket_and_one_that_hangs_up_are_passed_over() // E1, W10
    {
        using var world = new TcpWorld();
        var stale = world.AddBackend();
        stale.Dispose();
        File.WriteAllText(stale.SocketPath, "");
        var hasty = world.AddBackend();
        var good = world.AddBackend();
        var client = world.Client();
        client.Send([5]);
        hasty.Accept().Dispose();

        var backend = good.Take();
        Assert.Equal([5], backend.ReadExactly(1));
        var refused = world.FactsOf<BalancerEvent.StreamRefused>();
        Assert.Contains("ECONNREFUSED", refused[0].Error);
        Assert.Equal(2, refused.Count);
    }

    [Fact]
    public void A_backend_of_a_user_who_is_not_allowed_gets_no_byte_of_a_client() // W25
    {
        var us = LibC.GetEffectiveUid();
        using var world = new TcpWorld(BalancerOptions.Default with
        {
            BackendOwners = new HashSet<uint> { us + 1 },
        });
        var backend = world.AddBackend();
        world.Client().ReadReset();
        Assert.Equal([StreamEnd.NoBackend], world.Ends(1));
        var refused = Assert.Single(world.FactsOf<BalancerEvent.StreamRefused>());
        Assert.Contains($"run by uid {us}; ", refused.Error);
        // It reads the end where INBOUND_TCP would be.
        Assert.ThrowsAny<Exception>(backend.Accept);
    }

    [Fact]
    public void W27_A_backend_with_a_full_listen_queue_is_waited_for()
    {
        using var world = new TcpWorld();
        var listener = world.AddBackend(backlog: 0);
        var clients = Enumerable.Range(0, 5).Select(_ => world.Client()).ToList();
        foreach (var (client, i) in clients.Select((client, i) => (client, i)))
            client.Send([(byte)i]);

        var heard = clients.Select(_ => listener.Take().ReadExactly(1)[0]).Order();
        Assert.Equal<byte>([0, 1, 2, 3, 4], heard);
        Assert.Empty(world.FactsOf<BalancerEvent.StreamRefused>());
    }
}
