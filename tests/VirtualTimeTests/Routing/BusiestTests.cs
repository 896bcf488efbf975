using Balancer.Rx;
using Balancer.Rx.Routing;

namespace Balancer.VirtualTimeTests.Routing;

public sealed class BusiestTests
{
    private const uint Noon = 43_200;

    private static readonly BackendId Backend = new(5301);

    private readonly RouteTable _table = new(BalancerOptions.Default);

    [Fact]
    public void Nobody_is_busiest_where_nobody_asks() => Assert.Empty(_table.Busiest(3));

    [Fact]
    public void The_busiest_come_first_and_no_more_than_asked_for()
    {
        for (var i = 1u; i <= 5_000; i++)
            Remote($"10.0.{i / 250}.{i % 250}", udp: i);
        Assert.Equal(
            [5_000, 4_999, 4_998], _table.Busiest(3).Select(remote => remote.Udp));
    }

    [Fact]
    public void Of_equally_busy_ones_the_lower_addresses_come_first()
    {
        foreach (var address in (string[])["10.0.0.9", "10.0.0.1", "192.0.2.1", "10.0.0.5"])
            Remote(address, udp: 7);
        Assert.Equal(
            ["10.0.0.1", "10.0.0.5", "10.0.0.9"],
            _table.Busiest(3).Select(remote => $"{remote.Address}"));
    }

    [Fact]
    public void All_that_is_counted_of_a_remote_is_told()
    {
        ref var slot = ref Remote("10.0.0.7", udp: 9);
        (slot.UdpDropped, slot.Tcp, slot.TcpDropped, slot.LastSeen) = (1, 2, 3, Noon + 60);
        var noon = DateTimeOffset.UnixEpoch.AddHours(12);
        Assert.Equal(
            new RemoteTraffic(
                ClientAddress.Parse("10.0.0.7"), Backend, 9, 1, 2, 3, noon, noon.AddMinutes(1)),
            Assert.Single(_table.Busiest(20)));
    }

    private ref RemoteSlot Remote(string address, uint udp)
    {
        var client = ClientAddress.Parse(address);
        _table.Add(client, Backend, backup: null, seen: Noon);
        ref var slot = ref _table.Slot(_table.Find(client.Value));
        slot.Udp = udp;
        return ref slot;
    }
}
