using Balancer.Rx;

namespace Balancer.VirtualTimeTests.Protection;

// Networks as people write them, and nothing else.
public class NetworkTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", "10.255.255.255")]
    [InlineData("192.0.2.1", "192.0.2.1/32", "192.0.2.1")]
    [InlineData("192.0.2.1/32", "192.0.2.1/32", "192.0.2.1")]
    [InlineData("192.0.2.128/25", "192.0.2.128/25", "192.0.2.255")]
    [InlineData("128.0.0.0/1", "128.0.0.0/1", "255.255.255.255")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0", "255.255.255.255")]
    public void A_network_goes_from_its_first_address_to_its_last(
        string text, string shown, string last)
    {
        var network = Network.Parse(text);
        Assert.Equal(shown, $"{network}");
        Assert.Equal(ClientAddress.Parse(last).Value, network.Last);
        Assert.Equal(network, Network.Parse(shown));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/8")]
    [InlineData("10")]
    [InlineData("10.0.0/8")]
    [InlineData("010.0.0.0/8")]
    [InlineData("10.0.0.256/32")]
    [InlineData(" 10.0.0.0/8")]
    [InlineData("0x0a.0.0.0/8")]
    [InlineData("::/0")]
    [InlineData("::ffff:10.0.0.0/8")]
    [InlineData("everybody")]
    public void What_is_not_a_network_is_refused(string text) =>
        Refuses(text, "not an IPv4 network");

    [Theory]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/ 8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    public void What_is_not_a_length_is_refused(string text) =>
        Refuses(text, "not a number of bits (0 to 32)");

    [Theory]
    [InlineData("10.0.0.1/8", "10.0.0.0/8")]
    [InlineData("192.0.2.1/31", "192.0.2.0/31")]
    [InlineData("128.0.0.0/0", "0.0.0.0/0")]
    public void Bits_behind_the_prefix_are_refused_and_the_network_is_named(
        string text, string meant) => Refuses(text, $"{meant} is meant");

    static void Refuses(string text, string why)
    {
        Assert.False(Network.TryParse(text, out _, out var reason));
        Assert.Contains(why, reason, StringComparison.Ordinal);
        var refusal = Assert.Throws<FormatException>(() => Network.Parse(text));
        Assert.Equal($"{text}: {reason}", refusal.Message);
    }
}
