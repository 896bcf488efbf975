using System.Net.Sockets;
using System.Reactive.Concurrency;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>How a <see cref="BackendServer"/> takes its place, keeps it, and leaves it.</summary>
public sealed class BackendLibraryListenTests : IDisposable
{
    readonly TestDirectory _directory = new();

    string Place => _directory["5301"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_socket_that_a_killed_process_left_is_replaced()
    {
        // Moved away, the file outlives its socket.
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, default))
        {
            listener.Bind(new UnixDomainSocketEndPoint(_directory["before"]));
            listener.Listen();
            File.Move(_directory["before"], Place);
        }
        Assert.True(File.Exists(Place));
        using var server = BackendServer.Listen(Place);
        using var balancer = await WirePeer.OpenSession(Place);
    }

    [Fact]
    public async Task A_socket_that_somebody_listens_on_is_not_stolen()
    {
        using var first = BackendServer.Listen(Place);
        var refusal = Assert.Throws<IOException>(() => BackendServer.Listen(Place));
        Assert.Contains("in use", refusal.Message, StringComparison.Ordinal);
        using var balancer = await WirePeer.OpenSession(Place);
    }

    [Fact]
    public void What_is_not_a_socket_is_left_alone()
    {
        File.WriteAllText(Place, "precious");
        Assert.Throws<IOException>(() => BackendServer.Listen(Place));
        Assert.Equal("precious", File.ReadAllText(Place));

        Directory.CreateDirectory(_directory["5302"]);
        Assert.Throws<IOException>(() => BackendServer.Listen(_directory["5302"]));
        Assert.True(Directory.Exists(_directory["5302"]));

        File.CreateSymbolicLink(_directory["5303"], Place);
        Assert.Throws<IOException>(() => BackendServer.Listen(_directory["5303"]));
        Assert.NotNull(new FileInfo(_directory["5303"]).LinkTarget);
    }

    [Fact]
    public void A_path_that_cannot_be_bound_is_refused()
    {
        Assert.Throws<SocketException>(
            () => BackendServer.Listen(_directory["missing/5301"]));
        Assert.ThrowsAny<ArgumentException>(
            () => BackendServer.Listen(_directory[new string('x', 108)]));
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        BackendServerOptions[] nonsense =
        [
            new() { MaxConnections = 0 },
            new() { MaxOutstanding = 0 },
            new() { IdleAfter = TimeSpan.Zero },
            new() { IdleAfter = TimeSpan.FromSeconds(31) },
            new() { Grace = TimeSpan.FromSeconds(-1) },
        ];
        foreach (var options in nonsense)
            Assert.Throws<ArgumentOutOfRangeException>(() => BackendServer.Listen(Place, options));
        Assert.False(File.Exists(Place));
    }

    [Fact]
    public async Task The_newest_connection_above_the_limit_is_closed_at_once_and_counted()
    {
        using var server = BackendServer.Listen(Place, new() { MaxConnections = 2 });
        using var first = await WirePeer.OpenSession(Place);
        using (await WirePeer.OpenSession(Place))
        {
            using var third = WirePeer.Connect(Place);
            await third.ExpectEnd();
            Assert.Equal(1, server.Statistics.Refused);
            Assert.Equal(2, server.Statistics.Open);
        }
        await Deadline.Until(() => server.Statistics.Open == 1, "the end of the second");
        using var fourth = await WirePeer.OpenSession(Place);
        await first.Send(WireBytes.Bare(FrameType.ClientHeartbeat));
        Assert.Equal(FrameType.ServerHeartbeat, (await first.NextFrame()).Type);
    }

    [Fact]
    public async Task Disposed_it_unlinks_its_file_closes_and_completes()
    {
        var server = BackendServer.Listen(Place);
        using var queries = new Arrivals<Query>(server.Queries);
        using var errors = new Arrivals<BackendError>(server.Errors);
        using var balancer = await WirePeer.OpenSession(Place);
        server.Dispose();
        server.Dispose();
        Assert.False(File.Exists(Place));
        await balancer.ExpectEnd();
        await queries.Completion;
        await errors.Completion;
    }

    [Fact]
    public async Task Disposed_with_grace_it_answers_what_it_had_taken()
    {
        var server = BackendServer.Listen(
            Place, new() { Scheduler = new HistoricalScheduler(DateTimeOffset.UnixEpoch) });
        using var queries = new Arrivals<Query>(server.Queries);
        var client = WireBytes.Client("10.0.0.7", 1234);
        using var session = await WirePeer.OpenSession(Place);
        using var stream = await WirePeer.OpenStream(Place, client);
        await session.Send(WireBytes.Datagram(FrameType.InboundUdp, client, [1]));
        var overUdp = await queries.Next();
        await stream.Send(WireBytes.Message([2]));
        var overTcp = await queries.Next();

        var disposal = server.DisposeAsync().AsTask();
        Assert.False(File.Exists(Place));
        Assert.False(disposal.IsCompleted);
        overTcp.Answer([22]);
        overUdp.Answer([11]);
        Assert.Equal<byte[]>([22], await stream.NextMessage());
        await stream.ExpectEnd();
        Assert.Equal<byte[]>([11], (await session.NextFrame()).Data);
        await session.ExpectEnd();
        await disposal.Within("the disposal");
        await queries.Completion;
    }

    [Fact]
    public async Task The_grace_has_an_end()
    {
        var time = new HistoricalScheduler(DateTimeOffset.UnixEpoch);
        var server = BackendServer.Listen(Place, new() { Scheduler = time });
        using var queries = new Arrivals<Query>(server.Queries);
        using var stream = await WirePeer.OpenStream(Place, WireBytes.Client("10.0.0.7", 1234));
        await stream.Send(WireBytes.Message([2]));
        var never = await queries.Next();

        var disposal = server.DisposeAsync().AsTask();
        time.AdvanceBy(TimeSpan.FromSeconds(5));
        await disposal.Within("the disposal");
        await stream.ExpectEnd();
        Assert.Equal(AnswerOutcome.Gone, never.Answer([22]));
    }
}
