using System.Net;
using System.Net.Sockets;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.Daemon.Sockets;
using Balancer.EndToEndTests.Loop;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Sockets;

// What the listener does with the kernel's answers.
public class TcpListenerTests
{
    [Theory]
    [InlineData("None", "Serve")]
    [InlineData("EAGAIN", "Wait")]
    [InlineData("ECONNABORTED", "Next")]
    [InlineData("EPROTO", "Next")]
    [InlineData("EMFILE", "TurnAway")]
    [InlineData("ENFILE", "TurnAway")]
    [InlineData("ENOBUFS", "Rest")]
    [InlineData("EBADF", "Rest")]
    public void W3_No_answer_of_accept_ends_the_listener(string error, string step) // T1
    {
        var errno = Enum.Parse<Errno>(error);
        var answer = errno is Errno.None ? SysResult.Of(7) : SysResult.Failed(errno);
        Assert.Equal(Enum.Parse<TcpAcceptStep>(step), TcpAcceptPolicy.After(answer));
    }

    [Fact]
    public void W16_Connections_inherit_their_options_so_none_can_fail_at_accept() // M12
    {
        using var listener = Descriptor.Of(LibC.Socket(SockDomain.Inet, SockType.Stream), "socket");
        Assert.True(TcpOptions.SetInherited(listener.Fd));
        LibC.Bind(listener.Fd, new SockAddrIn(new(IPAddress.Loopback, 0))).OrThrow("bind");
        LibC.Listen(listener.Fd, 1).OrThrow("listen");
        LibC.GetSockName(listener.Fd, out var address).OrThrow("getsockname");
        using var client = TcpWorld.UnconnectedClient();
        client.Connect(IPAddress.Loopback, address.Port);
        using var accepted = Descriptor.Of(LibC.Accept(listener.Fd), "accept");

        Assert.Equal(1, Value(SockOption.NoDelay));
        Assert.Equal(1, Value(TcpOptions.KeepAlive));
        Assert.Equal(1, Value(TcpOptions.KeepAliveIdle));
        Assert.Equal(1, Value(TcpOptions.KeepAliveInterval));
        Assert.Equal(15, Value(TcpOptions.KeepAliveProbes));

        int Value(SockOption option)
        {
            LibC.GetSockOpt(accepted.Fd, option, out int value).OrThrow("getsockopt");
            return value;
        }
    }

    [Fact]
    public void W21_A_listener_that_the_kernel_hangs_up_is_told_of_and_goes_on_when_it_can()
    {
        using var test = new TestLoop();
        using var listener = new TcpListenerSource(
            test.Loop, new(IPAddress.Loopback, 0), LoopShare.Whole);
        using var client = TcpWorld.UnconnectedClient();
        List<BalancerEvent> told = [];
        using var failing = listener.Events.Subscribe(fact =>
        {
            told.Add(fact);
            LibC.Listen(listener.Fd, 1).OrThrow("listen");
            // The port may be another one now: this one was not asked for by number.
            LibC.GetSockName(listener.Fd, out var bound).OrThrow("getsockname");
            client.Connect(IPAddress.Loopback, bound.Port);
        });
        using var serving = listener.Accepted.Subscribe(accepted =>
        {
            accepted.Stream.Dispose();
            test.Loop.Stop();
        });
        // To who polls it, the socket has hung up; accept says EINVAL.
        test.Run(() => LibC.Shutdown(listener.Fd, ShutdownHow.Both).OrThrow("shutdown"));

        var failure = Assert.IsType<BalancerEvent.AcceptFailed>(Assert.Single(told));
        Assert.StartsWith("EINVAL", failure.Error, StringComparison.Ordinal);
        client.ReadEnd();
    }

    [Fact]
    public void More_clients_than_a_burst_are_all_accepted()
    {
        using var world = new TcpWorld(BalancerOptions.Default with
        {
            MaxStreams = 50,
            StreamGivesWayAfter = BalancerOptions.Default.StreamIdle,
        });
        world.AddBackend(backlog: 500);
        var clients = Enumerable.Range(0, 200).Select(_ => world.Client()).ToList();

        TcpWorld.WaitFor(() => world.OnLoop(() => world.Proxies.Counters.Accepted) == 200, "all");
        Assert.Equal(Enumerable.Repeat(StreamEnd.TooMany, 150), world.Ends(150));
        Assert.Equal(50, world.OnLoop(() => world.Proxies.Count));
        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public void The_end_of_accepting_closes_the_listener_and_leaves_connections()
    {
        using var world = new TcpWorld();
        world.AddBackend();
        var (client, backend) = world.Established();
        world.OnLoop(() =>
        {
            world.Proxies.StopAccepting();
            return 0;
        });

        var error = Assert.Throws<SocketException>(world.Client);
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        client.Send([1]);
        Assert.Equal([1], backend.ReadExactly(1));
    }

    [Fact]
    public void A_port_that_is_taken_is_told_by_name()
    {
        using var world = new TcpWorld();
        using var loop = new EventLoop(_ => { });
        var error = Assert.Throws<SysException>(
            () => new TcpListenerSource(
                loop, new(IPAddress.Loopback, world.Port), LoopShare.Whole));
        Assert.Equal(Errno.EADDRINUSE, error.Error);
    }
}
