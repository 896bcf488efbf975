using System.Reactive.Concurrency;
using Balancer.Rx;
using Balancer.Rx.Routing;
using Balancer.Rx.Streams;

namespace Balancer.VirtualTimeTests.Routing;

// A client meets the same backend over TCP as over UDP (T2), and another one if that fails.
public class StreamRoutesTests
{
    [Fact]
    public void A_client_of_datagrams_finds_its_backend_over_tcp()
    {
        var world = new World().With(5301, 5302);
        var clients = world.Clients(10);
        var servers = world.ServersOf(clients);
        Assert.Equal(servers, clients.Select(client => Pick(world, client)));
    }

    [Fact]
    public void A_client_of_tcp_finds_its_backend_over_udp_and_takes_its_turn()
    {
        var world = new World().With(5301, 5302);
        Assert.Equal(5301, Pick(world, world.Client("10.0.0.1")));
        Assert.Equal(5302, Pick(world, world.Client("10.0.0.2")));
        world.Client("10.0.0.3").IsServedBy(5301, "one turn for both");
        world.Client("10.0.0.2").IsServedBy(5302);
    }

    [Fact]
    public void What_was_tried_is_left_out_until_nothing_is_left()
    {
        var world = new World().With(5301, 5302, 5303);
        var client = world.Client("10.0.0.1");
        List<BackendId> tried = [];
        while (Routes(world).Pick(client.Endpoint.Address, [.. tried]) is { } target)
        {
            Assert.Equal($"/sockets/{target.Id}", target.Path);
            tried.Add(target.Id);
        }
        Assert.Equal(new BackendId(5301), tried[0]);
        Assert.Equal([5301, 5302, 5303], tried.Select(id => id.Value).Order());
    }

    [Fact]
    public void The_second_choice_is_the_one_that_serves_while_the_first_is_down()
    {
        var world = new World().With(5301, 5302, 5303, 5304);
        var clients = world.Clients(40);
        world.ServersOf(clients);
        var second = clients.Select(client => Pick(world, client, 5301)).ToArray();
        world.Backend(5301).Dies();
        world.Settle();
        var servers = world.ServersOf(clients);
        for (var i = 0; i < clients.Length; i += 4)
            Assert.Equal(second[i], servers[i]);
    }

    [Fact]
    public void A_connection_is_a_sign_of_life_of_its_remote()
    {
        var world = new World().With(5301);
        world.Client("10.0.0.1").IsServedBy(5301);
        world.Run(4.Minutes());
        Pick(world, world.Client("10.0.0.1"));
        world.Run(4.Minutes());
        Assert.NotNull(world.Remote(world.Client("10.0.0.1")));
    }

    [Fact]
    public void When_nothing_carries_there_is_no_target()
    {
        var world = new World();
        world.Run(1.Seconds());
        Assert.Null(Routes(world).Pick(new(0x0A000001), []));
    }

    [Fact]
    public void Connections_are_counted_with_the_remote()
    {
        var world = new World().With(5301);
        var client = world.Client("10.0.0.1").Endpoint.Address;
        Routes(world).Pick(client, []);
        Routes(world).Count(client, new(5301), established: true);
        Routes(world).Count(client, new(5301), established: true);
        Routes(world).Count(client, null, established: false);
        var slot = world.Control.Routes.Slot(world.Control.Routes.Find(client.Value));
        Assert.Equal((2u, 1u), (slot.Tcp, slot.TcpDropped));
    }

    static int Pick(World world, SimulatedClient client, params int[] tried) => Routes(world)
        .Pick(client.Endpoint.Address, [.. tried.Select(id => new BackendId(id))])!.Value.Id.Value;

    static StreamRoutes Routes(World world) => new(
        world.Control.Routes, world.Control.Remotes, new Paths(), new Ticks(world.Scheduler));

    sealed class Paths : IStreamPaths
    {
        public string? PathOf(BackendId id) => $"/sockets/{id}";
    }

    sealed class Ticks(IScheduler scheduler) : ITicks
    {
        public long UtcTicks => scheduler.Now.UtcTicks;
    }
}
