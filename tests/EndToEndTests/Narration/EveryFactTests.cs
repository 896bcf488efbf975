using System.Reflection;
using Balancer.Daemon.Narration;
using Balancer.Rx;
using Serilog.Events;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>
/// The set of facts is closed; this looks at each of them, also at those to come.
/// </summary>
public sealed class EveryFactTests
{
    static readonly string[] OfMoreThanOneClient = [
        nameof(BalancerEvent.RemotesFull), nameof(BalancerEvent.RemotesDisplaced),
        nameof(BalancerEvent.SpreadMeasured)];

    static readonly string[] ByOrder = [
        nameof(BalancerEvent.RemotePinned), nameof(BalancerEvent.RemoteUnpinned)];

    public static TheoryData<string> Facts =>
        [.. Types.Select(type => type.Name)];

    public static TheoryData<string> FactsOfOneClient =>
        [.. Types.Select(type => type.Name).Where(name =>
            (name.StartsWith("Remote", StringComparison.Ordinal)
                || name.StartsWith("Stream", StringComparison.Ordinal))
            && !OfMoreThanOneClient.Contains(name) && !ByOrder.Contains(name))];

    static IEnumerable<Type> Types => typeof(BalancerEvent)
        .GetNestedTypes()
        .Where(type => type.IsSubclassOf(typeof(BalancerEvent)));

    [Fact]
    public void There_are_facts() => Assert.True(Types.Count() > 20);

    [Theory]
    [MemberData(nameof(Facts))]
    public void Every_fact_has_a_sentence(string fact)
    {
        var told = new Told().Of(Sample(fact));
        Assert.NotEmpty(told.Lines);
        Assert.All(told.Events, e =>
            Assert.NotEqual(Narrator.Speechless, e.MessageTemplate.Text));
    }

    [Theory]
    [MemberData(nameof(FactsOfOneClient))]
    public void W7_What_happens_per_client_is_not_told_at_info(string fact) =>
        Assert.Empty(new Told(LogEventLevel.Information).Of(Sample(fact)).Lines);

    [Theory]
    [MemberData(nameof(Facts))]
    public void Of_a_fact_that_is_not_told_no_line_is_made(string fact) =>
        Assert.Empty(new Told(LogEventLevel.Fatal).Of(Sample(fact)).Lines);

    [Theory]
    [InlineData(nameof(BalancerEvent.HeartbeatSent))]
    [InlineData(nameof(BalancerEvent.HeartbeatAnswered))]
    public void Heartbeats_are_not_told_at_debug(string fact) =>
        Assert.Empty(new Told(LogEventLevel.Debug).Of(Sample(fact)).Lines);

    internal static BalancerEvent Sample(string fact)
    {
        var constructor = Types.Single(type => type.Name == fact)
            .GetConstructors(BindingFlags.Public | BindingFlags.Instance)
            .Single();
        return (BalancerEvent)constructor.Invoke(
            [.. constructor.GetParameters().Select(parameter => Value(parameter.ParameterType))]);
    }

    static object? Value(Type type) =>
        type == typeof(string) ? "x" : Activator.CreateInstance(type);
}
