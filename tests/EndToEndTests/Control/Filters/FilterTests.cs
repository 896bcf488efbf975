using Balancer.Daemon.Control;
using Balancer.Daemon.Control.Filters;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Xunit;

namespace Balancer.EndToEndTests.Control.Filters;

public sealed class FilterTests
{
    static readonly FactFields Answer = new(
        FactKind.Query, 5302, new(ClientAddress.Parse("10.1.2.3"), 4_711), Transport.Udp,
        FactWords.NumberOf(Outcome.Answered), 60 * TimeSpan.TicksPerMillisecond);

    static readonly FactFields Fault = new(FactKind.BackendFaulted, 5302);

    static readonly FactFields End = new(
        FactKind.StreamFinished, 5301, new(ClientAddress.Parse("10.1.2.3"), 4_711), Transport.Tcp,
        FactWords.NumberOf(StreamEnd.NoBackend), 3 * TimeSpan.TicksPerSecond);

    [Theory]
    [InlineData("backend==5302 && latency>50ms", true, false, false)]
    [InlineData("kind==backend-faulted || outcome!=answered", false, true, true)]
    [InlineData("client==10.0.0.0/8", true, false, true)]
    [InlineData("client!=10.1.2.3", false, false, false)]
    [InlineData("!client==10.1.2.3", false, true, false)]
    [InlineData("!(protocol==tcp)", true, true, false)]
    [InlineData("protocol==tcp && outcome==no_backend", false, false, true)]
    [InlineData("latency>=60ms && latency<=60000us", true, false, false)]
    [InlineData("latency>0.06s || latency<0.06s", false, false, true)]
    [InlineData("backend<5302", false, false, true)]
    [InlineData("backend==5301||backend==5302&&kind==query", true, false, true)]
    public void A_filter_lets_pass_what_it_says(
        string text, bool answer, bool fault, bool end)
    {
        var passes = Read(text).Compile();
        Assert.Equal((answer, fault, end), (passes(Answer), passes(Fault), passes(End)));
    }

    [Theory]
    [InlineData("", "unexpected end at 1; a comparison begins with a field, and fields are "
        + "kind, backend, client, protocol, outcome, latency")]
    [InlineData("bakend==5302", "unknown field \"bakend\" at 1; fields are "
        + "kind, backend, client, protocol, outcome, latency")]
    [InlineData("backend=5302", "unexpected \"=\" at 8; after backend comes one of "
        + "==, !=, >, >=, <, <=")]
    [InlineData("kind>query", "operator \">\" at 5 does not go with kind; ==, != do")]
    [InlineData("protocol == sctp", "unknown protocol \"sctp\" at 13; "
        + "here comes one of udp, tcp")]
    [InlineData("backend==x1", "unknown backend \"x1\" at 10; "
        + "here comes a backend's number, as 5302")]
    [InlineData("latency>50", "unknown latency \"50\" at 9; "
        + "here comes a number with s, ms or us, up to 3600s, as 50ms")]
    [InlineData("latency>3601s", "unknown latency \"3601s\" at 9; "
        + "here comes a number with s, ms or us, up to 3600s, as 50ms")]
    [InlineData("backend==", "unexpected end at 10; here comes a backend's number, as 5302")]
    [InlineData("client==10.0.0.256", "client \"10.0.0.256\" at 9: "
        + "not an IPv4 network (four numbers, 0 to 255, and perhaps /0 to /32)")]
    [InlineData("(backend==5302", "unexpected end at 15; "
        + "the \"(\" at 1 wants a \")\" here, or && or ||")]
    [InlineData("backend==5302)", "unexpected \")\" at 14; "
        + "after a comparison only && and || can follow")]
    [InlineData("backend==5302 & backend==1", "unexpected \"&\" at 15; "
        + "after a comparison only && and || can follow")]
    public void What_is_wrong_is_said_in_one_sentence_with_its_place(string text, string sentence)
    {
        Assert.False(FilterParser.TryParse(text, out _, out var error));
        Assert.Equal(sentence, error);
    }

    [Fact]
    public void An_unknown_kind_is_answered_with_all_that_there_are()
    {
        Assert.False(FilterParser.TryParse("kind==quarry", out _, out var error));
        Assert.StartsWith("unknown kind \"quarry\" at 7; here comes one of query, ", error);
        Assert.Contains(", accept-failed", error);
        Assert.DoesNotContain("unknown,", error);
    }

    [Fact]
    public void A_filter_of_over_1000_characters_is_refused()
    {
        Assert.False(FilterParser.TryParse(new(' ', 1_001), out _, out var error));
        Assert.Equal("the filter has 1001 characters; at most 1000 are allowed", error);
    }

    [Theory]
    [InlineData('(')]
    [InlineData('!')]
    public void Nesting_is_refused_from_33_levels_on(char sign)
    {
        var close = sign == '(' ? ")" : "";
        Assert.True(FilterParser.TryParse(Nested(32), out _, out _));
        Assert.False(FilterParser.TryParse(Nested(33), out _, out var error));
        Assert.Equal(
            $"\"{sign}\" at 33 is nested too deep; at most 32 levels are allowed", error);

        string Nested(int levels) => new string(sign, levels) + "backend==1"
            + string.Concat(Enumerable.Repeat(close, levels));
    }

    [Theory]
    [InlineData("kind==backend-faulted", false)]
    [InlineData("kind==backend-faulted && latency>1ms", false)]
    [InlineData("protocol==tcp", false)]
    [InlineData("!(kind!=no-backends)", false)]
    [InlineData("backend==5302", true)]
    [InlineData("kind==backend-faulted || outcome!=answered", true)]
    [InlineData("kind!=backend-faulted", true)]
    [InlineData("kind==stray-answer", true)]
    public void Datagrams_are_told_only_to_a_filter_that_can_pass_them(string text, bool may) =>
        Assert.Equal(may, Read(text).MayPassDatagrams());

    [Fact]
    public void Who_says_nothing_sees_all_but_heartbeats()
    {
        var passes = Filter.Default.Compile();
        Assert.True(passes(Answer));
        Assert.True(passes(Fault));
        Assert.False(passes(new(FactKind.HeartbeatSent, 5301)));
        Assert.False(passes(new(FactKind.HeartbeatAnswered, 5301, Latency: 1)));
    }

    static Filter Read(string text)
    {
        Assert.True(FilterParser.TryParse(text, out var filter, out var error), error);
        return filter;
    }
}
