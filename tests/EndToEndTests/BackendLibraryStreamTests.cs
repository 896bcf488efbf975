using System.Reactive.Concurrency;
using System.Text;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>A client's TCP connection at a <see cref="BackendServer"/>, in virtual time.</summary>
public sealed class BackendLibraryStreamTests : IDisposable
{
    static readonly ClientEndpoint Client = WireBytes.Client("10.77.77.5", 40_000);

    readonly TestDirectory _directory = new();
    readonly HistoricalScheduler _time = new(DateTimeOffset.UnixEpoch);
    readonly BackendServer _server;
    readonly Arrivals<Query> _queries;

    public BackendLibraryStreamTests()
    {
        _server = BackendServer.Listen(
            _directory["5301"], new() { Scheduler = _time, MaxOutstanding = 4 });
        _queries = new(_server.Queries);
    }

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_message_becomes_a_query_and_its_answer_goes_back()
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        await stream.Send(Message("what?"));
        var query = await _queries.Next();
        Assert.Equal(Client, query.Client);
        Assert.Equal(QueryTransport.Tcp, query.Transport);
        Assert.Equal("what?", Text(query.Message.Span));
        Assert.Equal(AnswerOutcome.Queued, query.Answer("that!"u8));
        Assert.Equal("that!", Text(await stream.NextMessage()));
    }

    [Fact]
    public async Task A_session_may_turn_into_a_stream_with_bytes_right_behind()
    {
        using var stream = await WirePeer.OpenSession(_server.Path);
        await stream.Send((byte[])[.. WireBytes.InboundTcp(Client), .. Message("at once")]);
        Assert.Equal(FrameType.InboundTcpOk, (await stream.NextFrame()).Type);
        Assert.Equal("at once", Text((await _queries.Next()).Message.Span));
    }

    [Fact]
    public async Task Messages_may_arrive_split_anywhere()
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        foreach (var single in (byte[])[.. Message("one"), .. Message(""), .. Message("three")])
            await stream.Send(new[] { single });
        var queries = await _queries.Next(3);
        Assert.Equal(["one", "", "three"], queries.Select(query => Text(query.Message.Span)));
    }

    [Fact]
    public async Task Messages_have_up_to_65_535_bytes_both_ways()
    {
        var longest = new byte[65_535];
        new Random(1).NextBytes(longest);
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        await stream.Send((byte[])[.. Message("short"), .. WireBytes.Message(longest)]);
        var query = (await _queries.Next(2))[1];
        Assert.Equal(longest, query.Message.ToArray());
        Assert.Equal(AnswerOutcome.WrongSize, query.Answer(new byte[65_536]));
        query.Answer(longest);
        Assert.Equal(longest, await stream.NextMessage());
    }

    [Fact]
    public async Task Pipelined_queries_are_answered_in_any_order()
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        await stream.Send((byte[])[.. Message("one"), .. Message("two"), .. Message("three")]);
        var queries = await _queries.Next(3);
        foreach (var query in queries.Reverse())
            query.Answer(query.Message.Span);
        foreach (var expected in (string[])["three", "two", "one"])
            Assert.Equal(expected, Text(await stream.NextMessage()));
    }

    [Fact]
    public async Task After_the_clients_fin_what_is_outstanding_is_answered_and_then_it_ends()
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        await stream.Send((byte[])[.. Message("one"), .. Message("two")]);
        stream.EndSending();
        var queries = await _queries.Next(2);
        queries[1].Answer("second"u8);
        Assert.Equal("second", Text(await stream.NextMessage()));
        queries[0].Answer("first"u8);
        Assert.Equal("first", Text(await stream.NextMessage()));
        await stream.ExpectEnd();
    }

    [Fact]
    public async Task A_declined_query_holds_nothing_up()
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        await stream.Send(Message("one"));
        stream.EndSending();
        (await _queries.Next()).Decline();
        await stream.ExpectEnd();
    }

    [Fact]
    public async Task A_query_that_nobody_hears_is_declined()
    {
        _queries.Dispose();
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        await stream.Send(Message("anyone?"));
        stream.EndSending();
        await stream.ExpectEnd();
        Assert.Equal(1, _server.Statistics.Queries);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_fin_in_the_middle_of_a_message_ends_the_connection(int bytes)
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        await stream.Send(Message("cut off").AsMemory(..bytes));
        stream.EndSending();
        await stream.ExpectEnd();
        Assert.Equal(0, _server.Statistics.Queries);
    }

    [Fact]
    public async Task Five_seconds_of_quiet_end_it_with_a_fin_and_five_more_altogether()
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        _time.AdvanceBy(Seconds(4));
        await stream.Send(Message("still here"));
        (await _queries.Next()).Answer("so am I"u8);
        Assert.Equal("so am I", Text(await stream.NextMessage()));

        _time.AdvanceBy(Seconds(6));
        await stream.ExpectEnd();
        // A FIN, not a close: what still comes is taken, though it is not answered.
        await stream.Send(Message("too late"));
        Assert.Equal(1, _server.Statistics.Open);
        _time.AdvanceBy(Seconds(6));
        await Deadline.Until(() => _server.Statistics.Open == 0, "the close");
        Assert.Equal(1, _server.Statistics.Queries);
    }

    [Fact]
    public async Task A_query_without_an_answer_keeps_the_connection_for_its_patience()
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        await stream.Send(Message("slow"));
        var query = await _queries.Next();
        _time.AdvanceBy(Seconds(29));
        Assert.Equal(AnswerOutcome.Queued, query.Answer("done"u8));
        Assert.Equal("done", Text(await stream.NextMessage()));

        await stream.Send(Message("never"));
        var forgotten = await _queries.Next();
        _time.AdvanceBy(Seconds(31));
        await stream.ExpectEnd();
        Assert.Equal(AnswerOutcome.Gone, forgotten.Answer("too late"u8));
    }

    [Fact]
    public async Task A_connection_that_never_says_what_it_is_ends()
    {
        using var silent = WirePeer.Connect(_server.Path);
        await Deadline.Until(() => _server.Statistics.Open == 1, "the connection");
        _time.AdvanceBy(Seconds(31));
        await silent.ExpectEnd();
    }

    [Fact]
    public async Task A_session_may_be_quiet_for_as_long_as_it_likes()
    {
        using var balancer = await WirePeer.OpenSession(_server.Path);
        _time.AdvanceBy(TimeSpan.FromHours(1));
        await balancer.Send(WireBytes.Bare(FrameType.ClientHeartbeat));
        Assert.Equal(FrameType.ServerHeartbeat, (await balancer.NextFrame()).Type);
    }

    [Fact]
    public async Task A_client_with_too_many_queries_outstanding_is_not_read()
    {
        using var stream = await WirePeer.OpenStream(_server.Path, Client);
        var all = Enumerable.Range(0, 100).SelectMany(i => Message($"{i}")).ToArray();
        var (open, most) = (0, 0);
        using var watch = _server.Queries.Subscribe(
            _ => most = Math.Max(most, Interlocked.Increment(ref open)));
        await stream.Send(all);
        for (var i = 0; i < 100; i++)
        {
            var query = await _queries.Next();
            Interlocked.Decrement(ref open);
            query.Answer(query.Message.Span);
            Assert.Equal($"{i}", Text(await stream.NextMessage()));
        }
        Assert.InRange(most, 1, 4);
    }

    static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);

    static byte[] Message(string text) => WireBytes.Message(Encoding.ASCII.GetBytes(text));

    static string Text(ReadOnlySpan<byte> bytes) => Encoding.ASCII.GetString(bytes);
}
