using Balancer.Rx;
using Balancer.Rx.Forwarding;
using CsCheck;

namespace Balancer.VirtualTimeTests.Protection;

// Who is outside the networks that may ask is nobody here.
public class AllowTests
{
    static readonly BalancerOptions Inside = BalancerOptions.Default with { Allow = Two };
    static readonly BalancerOptions CompatInside = BalancerOptions.Compat with { Allow = Two };

    // Few leading bits in common, so that networks overlap and touch.
    static readonly Gen<Network> Networks = Gen.Select(
        Gen.Int[0, 32], Gen.UInt[0, 63], Gen.Int[0, 26],
        (bits, number, shift) => Network.Parse(
            $"{new ClientAddress(number << shift & Mask(bits))}/{bits}"));

    static Network[] Two => [Network.Parse("10.1.0.0/16"), Network.Parse("192.0.2.7")];

    [Theory]
    [InlineData("10.0.255.255", true)]
    [InlineData("10.2.0.0", true)]
    [InlineData("192.0.2.6", true)]
    [InlineData("192.0.2.8", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.0.255.255", false)]
    [InlineData("127.0.0.1", false)]
    public void A_client_outside_is_dropped_counted_and_not_remembered(string address, bool ours)
    {
        var world = new World(ours ? Inside : CompatInside).With(5301);
        world.Client(address).IsNotServed();
        Assert.Equal((1, 1), (world.Outcomes[Outcome.NotAllowed], world.Outcomes.Settled));
        Assert.Equal(0, world.Control.Remotes.Count);
        Assert.Empty(world.Backend(5301).Queries);
    }

    [Theory]
    [InlineData("10.1.0.0", true)]
    [InlineData("10.1.255.255", true)]
    [InlineData("192.0.2.7", true)]
    [InlineData("10.1.2.3", false)]
    public void A_client_inside_is_served(string address, bool ours) =>
        new World(ours ? Inside : CompatInside).With(5301).Client(address).IsServedBy(5301);

    [Fact]
    public void What_is_no_question_is_counted_as_such_wherever_it_comes_from()
    {
        var world = new World(Inside).With(5301);
        world.Client("10.9.9.9").Sends(new byte[3]);
        Assert.Equal((1, 1), (world.Outcomes[Outcome.Runt], world.Outcomes.Settled));
    }

    [Fact]
    public void Without_a_network_everybody_is_allowed() =>
        Gen.UInt.Sample(address => new AllowList([]).Contains(address), iter: 100);

    [Fact]
    public void An_address_is_allowed_exactly_if_one_of_the_networks_has_it() =>
        Gen.Select(Networks.Array[1, 12], Gen.UInt.Array[1, 20]).Sample((networks, others) =>
        {
            var list = new AllowList(networks);
            Assert.InRange(list.Ranges, 1, networks.Length);
            var edges = networks.SelectMany(n => new[]
                { n.First.Value, n.First.Value - 1, n.Last, n.Last + 1 });
            foreach (var address in others.Concat(edges))
            {
                var isInside = networks.Any(n => address >= n.First.Value && address <= n.Last);
                Assert.Equal(isInside, list.Contains(address));
            }
        }, iter: 5_000);

    [Theory]
    [InlineData(1, "10.0.0.0/9", "10.128.0.0/9")]
    [InlineData(1, "10.1.0.0/16", "10.0.0.0/8", "10.2.0.0/16")]
    [InlineData(1, "255.255.255.255", "0.0.0.0/0", "0.0.0.0")]
    [InlineData(2, "10.0.0.0", "10.0.0.2")]
    public void What_overlaps_or_touches_becomes_one_range(int ranges, params string[] networks) =>
        Assert.Equal(ranges, new AllowList([.. networks.Select(Network.Parse)]).Ranges);

    static uint Mask(int bits) => bits == 0 ? 0 : uint.MaxValue << 32 - bits;
}
