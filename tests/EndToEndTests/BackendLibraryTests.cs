using System.Buffers.Binary;
using System.Text;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>A session of a balancer with a <see cref="BackendServer"/>, frame by frame.</summary>
public sealed class BackendLibraryTests : IDisposable
{
    static readonly ClientEndpoint Client = WireBytes.Client("10.77.77.5", 5353);
    static readonly byte[] Heartbeat = WireBytes.Bare(FrameType.ClientHeartbeat);
    static readonly byte[] Hello = WireBytes.Bare(FrameType.ClientHello);

    readonly TestDirectory _directory = new();
    readonly BackendServer _server;
    readonly Arrivals<Query> _queries;
    readonly Arrivals<BackendError> _errors;

    public BackendLibraryTests()
    {
        _server = BackendServer.Listen(_directory["5301"]);
        _queries = new(_server.Queries);
        _errors = new(_server.Errors);
    }

    public void Dispose()
    {
        _server.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task A_hello_is_answered_and_then_every_heartbeat()
    {
        using var balancer = await WirePeer.OpenSession(_server.Path);
        for (var i = 0; i < 3; i++)
        {
            await balancer.Send(Heartbeat);
            Assert.Equal(FrameType.ServerHeartbeat, (await balancer.NextFrame()).Type);
        }
    }

    [Fact]
    public async Task A_datagram_becomes_a_query_and_its_answer_goes_back_to_the_client()
    {
        using var balancer = await WirePeer.OpenSession(_server.Path);
        await balancer.Send(Inbound("what?"));
        var query = await _queries.Next();
        Assert.Equal(Client, query.Client);
        Assert.Equal(QueryTransport.Udp, query.Transport);
        Assert.Equal("what?", Encoding.ASCII.GetString(query.Message.Span));

        Assert.Equal(AnswerOutcome.Queued, query.Answer("that!"u8));
        var answer = await balancer.NextFrame();
        Assert.Equal(FrameType.OutboundUdp, answer.Type);
        Assert.Equal(Client, answer.Client);
        Assert.Equal("that!", Encoding.ASCII.GetString(answer.Data));
    }

    [Fact]
    public async Task An_empty_datagram_is_a_query_like_others()
    {
        using var balancer = await WirePeer.OpenSession(_server.Path);
        await balancer.Send(Inbound(""));
        Assert.True((await _queries.Next()).Message.IsEmpty);
    }

    [Fact]
    public async Task Frames_may_arrive_split_anywhere()
    {
        using var balancer = WirePeer.Connect(_server.Path);
        byte[] all = [.. Hello, .. Inbound("one"), .. Heartbeat, .. Inbound("two")];
        foreach (var single in all)
            await balancer.Send(new[] { single });
        Assert.Equal(FrameType.ServerHello, (await balancer.NextFrame()).Type);
        Assert.Equal(FrameType.ServerHeartbeat, (await balancer.NextFrame()).Type);
        var queries = await _queries.Next(2);
        Assert.Equal("one", Encoding.ASCII.GetString(queries[0].Message.Span));
        Assert.Equal("two", Encoding.ASCII.GetString(queries[1].Message.Span));
    }

    [Fact]
    public async Task Several_balancers_get_each_its_own_answers()
    {
        using var first = await WirePeer.OpenSession(_server.Path);
        using var second = await WirePeer.OpenSession(_server.Path);
        await first.Send(Inbound("first"));
        var toFirst = await _queries.Next();
        await second.Send(Inbound("second"));
        var toSecond = await _queries.Next();
        toSecond.Answer(toSecond.Message.Span);
        toFirst.Answer(toFirst.Message.Span);
        Assert.Equal("first"u8.ToArray(), (await first.NextFrame()).Data);
        Assert.Equal("second"u8.ToArray(), (await second.NextFrame()).Data);
    }

    public static TheoryData<string, byte[]> BrokenOpenings => new()
    {
        { "a heartbeat before the hello", Heartbeat },
        { "a datagram before the hello", Inbound("early") },
        { "a second hello", [.. Hello, .. Hello] },
        { "a frame of no known type", [.. Hello, 99, 0, 0, 0] },
        { "a frame only backends send", [.. Hello, .. WireBytes.Bare(FrameType.ServerHello)] },
        { "a datagram of 1,501 bytes", [.. Hello, .. DatagramHeader(port: 53, length: 1501)] },
        { "a datagram of 4 GiB", [.. Hello, .. DatagramHeader(port: 53, length: uint.MaxValue)] },
        { "a port above 65,535", [.. Hello, .. DatagramHeader(port: 65_536, length: 0)] },
    };

    [Theory]
    [MemberData(nameof(BrokenOpenings))]
    public async Task A_broken_frame_ends_its_own_connection_and_no_other(string what, byte[] said)
    {
        using var other = await WirePeer.OpenSession(_server.Path);
        using var broken = WirePeer.Connect(_server.Path);
        await broken.Send(said);
        var error = await _errors.Next();
        Assert.True(error.Kind is BackendErrorKind.BrokenFrame, what);
        if (said.AsSpan().StartsWith(Hello))
            Assert.Equal(FrameType.ServerHello, (await broken.NextFrame()).Type);
        await broken.ExpectEnd();

        await other.Send(Heartbeat);
        Assert.Equal(FrameType.ServerHeartbeat, (await other.NextFrame()).Type);
    }

    [Fact]
    public async Task Answers_from_many_threads_stay_whole()
    {
        const int count = 500;
        using var balancer = await WirePeer.OpenSession(_server.Path);
        for (var i = 0; i < count; i++)
            await balancer.Send(Inbound($"{i}"));
        var queries = await _queries.Next(count);
        var answering = Task.Run(() => Parallel.ForEach(queries, query =>
        {
            var text = Encoding.ASCII.GetString(query.Message.Span);
            var answer = string.Concat(Enumerable.Repeat(text + " ", 20));
            query.Answer(Encoding.ASCII.GetBytes(answer));
        }), TestContext.Current.CancellationToken);

        var seen = new HashSet<string>();
        for (var i = 0; i < count; i++)
        {
            var words = Encoding.ASCII.GetString((await balancer.NextFrame()).Data).Split(' ');
            Assert.Equal(21, words.Length);
            Assert.Single(words[..20].Distinct());
            Assert.True(seen.Add(words[0]));
        }
        await answering;
    }

    [Fact]
    public async Task What_a_handler_throws_is_told_and_the_next_query_is_served()
    {
        using var throwing = _server.Queries.Subscribe(query =>
        {
            if (query.Message.Span.SequenceEqual("bad"u8))
                throw new InvalidOperationException("the handler's own bug");
            query.Answer(query.Message.Span);
        });
        using var balancer = await WirePeer.OpenSession(_server.Path);
        await balancer.Send(Inbound("bad"));
        var error = await _errors.Next();
        Assert.Equal(BackendErrorKind.Handler, error.Kind);
        Assert.IsType<InvalidOperationException>(error.Cause);

        await balancer.Send(Inbound("good"));
        Assert.Equal("good"u8.ToArray(), (await balancer.NextFrame()).Data);
    }

    [Fact]
    public async Task A_query_is_answered_once_and_with_no_more_than_a_datagram_holds()
    {
        using var balancer = await WirePeer.OpenSession(_server.Path);
        await balancer.Send(Inbound("?"));
        var query = await _queries.Next();
        Assert.Equal(AnswerOutcome.WrongSize, query.Answer(new byte[1501]));
        Assert.Equal(AnswerOutcome.WrongSize, query.Answer([]));
        Assert.Equal(AnswerOutcome.Queued, query.Answer(new byte[1500]));
        Assert.Equal(AnswerOutcome.TooLate, query.Answer(new byte[1]));
        query.Decline();
        Assert.Equal(1500, (await balancer.NextFrame()).Data.Length);
    }

    [Fact]
    public async Task An_answer_for_a_balancer_that_has_gone_says_so()
    {
        Query query;
        using (var balancer = await WirePeer.OpenSession(_server.Path))
        {
            await balancer.Send(Inbound("?"));
            query = await _queries.Next();
        }
        await Deadline.Until(() => _server.Statistics.Open == 0, "the end of the session");
        Assert.Equal(AnswerOutcome.Gone, query.Answer("late"u8));
        Assert.Equal(1, _server.Statistics.AnswersGone);
    }

    [Fact]
    public async Task Answers_that_the_balancer_does_not_take_are_dropped_and_counted()
    {
        const int count = 1_000;
        using var balancer = await WirePeer.OpenSession(_server.Path);
        for (var i = 0; i < count; i++)
            await balancer.Send(Inbound($"{i}"));
        var queries = await _queries.Next(count);
        var outcomes = queries.Select(query => query.Answer(new byte[1500])).ToArray();

        var queued = outcomes.Count(outcome => outcome is AnswerOutcome.Queued);
        Assert.InRange(queued, 256 * 1024 / FrameSize.Max, count - 1);
        Assert.Equal(count - queued, outcomes.Count(o => o is AnswerOutcome.Dropped));
        Assert.Equal(count - queued, _server.Statistics.AnswersDropped);
        Assert.Equal(queued, _server.Statistics.Answers);
        for (var i = 0; i < queued; i++)
            Assert.Equal(1500, (await balancer.NextFrame()).Data.Length);
        await balancer.Send(Heartbeat);
        Assert.Equal(FrameType.ServerHeartbeat, (await balancer.NextFrame()).Type);
    }

    [Fact]
    public async Task A_balancer_that_does_not_take_its_answers_is_not_read()
    {
        const int count = 5_000, pauseAfter = 64 * 1024 / FrameSize.Max;
        var answered = 0;
        var many = new TaskCompletionSource();
        using var answering = _server.Queries.Subscribe(query =>
        {
            query.Answer(new byte[1500]);
            if (++answered == pauseAfter)
                many.SetResult();
        });
        using var balancer = await WirePeer.OpenSession(_server.Path);
        var asking = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
                await balancer.Send(Inbound($"{i}"));
        }, TestContext.Current.CancellationToken);
        await many.Task.Within("the first answers");
        for (var i = 0; i < count; i++)
            Assert.Equal(1500, (await balancer.NextFrame()).Data.Length);
        await asking;
        Assert.Equal(0, _server.Statistics.AnswersDropped);
    }

    static byte[] Inbound(string text) =>
        WireBytes.Datagram(FrameType.InboundUdp, Client, Encoding.ASCII.GetBytes(text));

    static byte[] DatagramHeader(uint port, uint length)
    {
        var header = new byte[FrameSize.DatagramHeader];
        BinaryPrimitives.WriteUInt32LittleEndian(header, (uint)FrameType.InboundUdp);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), port);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), length);
        return header;
    }
}
