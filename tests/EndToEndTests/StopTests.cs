using System.Diagnostics;
using System.Net.Sockets;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>How the daemon ends: what is in flight finishes, what is new is not taken.</summary>
public sealed class StopTests : IDisposable
{
    readonly TestDirectory _directory = new();
    readonly BackendServer _server;
    readonly Arrivals<Query> _queries;

    public StopTests()
    {
        _server = BackendServer.Listen(_directory["5301"]);
        _queries = new(_server.Queries);
    }

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(nameof(Signal.Terminate))]
    [InlineData(nameof(Signal.Interrupt))]
    public async Task A_signal_ends_it_with_exit_code_0(string signal)
    {
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        await balancer.IsServedBy("5301");
        balancer.Send(Enum.Parse<Signal>(signal));
        Assert.Equal(0, await balancer.Exit());
        Assert.Empty(balancer.Errors);
    }

    [Fact]
    public async Task W24_Queries_in_flight_are_answered_before_it_ends()
    {
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        await balancer.IsServedBy("5301");
        var overUdp = balancer.Client("127.3.0.1").AskUdp();
        var toUdp = await _queries.Next();
        var overTcp = balancer.Client("127.3.0.2").AskTcp(halfCloses: true);
        var toTcp = await _queries.Next();

        balancer.Send(Signal.Terminate);
        await AcceptsNoMore(balancer);
        toUdp.Answer(AnswerTo(toUdp));
        toTcp.Answer(AnswerTo(toTcp));
        await overUdp;
        await overTcp;
        Assert.Equal(0, await balancer.Exit());
    }

    [Fact]
    public async Task What_never_finishes_is_given_up()
    {
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        await balancer.IsServedBy("5301");
        using var stream = await balancer.Client("127.3.0.1").OpenTcp();
        await stream.Send(WireBytes.Message(DnsMessage.Query(1, "who.test")));
        await _queries.Next();
        balancer.Send(Signal.Terminate);
        await stream.ExpectEnd();
        Assert.Equal(0, await balancer.Exit());
    }

    [Fact]
    public async Task A_second_signal_ends_it_at_once()
    {
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        await balancer.IsServedBy("5301");
        using var stream = await balancer.Client("127.3.0.1").OpenTcp();
        await stream.Send(WireBytes.Message(DnsMessage.Query(1, "who.test")));
        await _queries.Next();
        var sinceFirst = Stopwatch.StartNew();
        balancer.Send(Signal.Terminate);
        await AcceptsNoMore(balancer);
        balancer.Send(Signal.Terminate);
        await balancer.Exit();
        Assert.InRange(sinceFirst.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4.5));
    }

    /// <summary>The sign that the first signal has been heard: nobody is let in any more.</summary>
    static async Task AcceptsNoMore(BalancerProcess balancer)
    {
        var patience = Stopwatch.StartNew();
        while (patience.Elapsed < Deadline.Patience)
        {
            try
            {
                (await balancer.Client("127.3.0.3").OpenTcp()).Dispose();
            }
            catch (SocketException)
            {
                return;
            }
        }
        Assert.Fail("it goes on accepting connections");
    }

    static byte[] AnswerTo(Query query)
    {
        var answer = query.Message.ToArray();
        answer[2] |= 0x80;
        return answer;
    }
}
