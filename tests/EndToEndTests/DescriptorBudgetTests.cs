using Balancer.Daemon;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests;

// W3: who connects must not be able to take the last descriptor.
public class DescriptorBudgetTests
{
    [Theory]
    [InlineData(256ul, 60, 37)]
    [InlineData(1_024ul, 60, 383)]
    [InlineData(1_048_576ul, 60, 16_384)]
    [InlineData(ulong.MaxValue, 60, 16_384)]
    [InlineData(64ul, 60, 1)]
    public void Clients_get_what_is_left_when_the_rest_is_provided_for(
        ulong limit, int used, int streams) =>
        Assert.Equal(streams, DescriptorBudget.Streams(limit, used, BalancerOptions.Default));
}
