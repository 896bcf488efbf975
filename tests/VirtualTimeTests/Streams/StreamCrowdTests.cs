using Balancer.Rx;
using CsCheck;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// How many connections there may be: of all clients, of one, of a prefix; and who goes when there
// are too many.
public class StreamCrowdTests
{
    static readonly TimeSpan GivesWayAfter = BalancerOptions.Default.StreamGivesWayAfter;
    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    static BalancerOptions Room(int streams) =>
        BalancerOptions.Default with { MaxStreams = streams };

    [Fact]
    public void The_newest_connection_over_the_limit_is_refused_while_the_others_are_busy() // W3
    {
        using var world = new StreamWorld(Room(2));
        var first = world.Client();
        var second = world.Client();
        var third = world.Client();

        Assert.True(third.IsReset);
        Assert.False(first.IsClosed || second.IsClosed);
        Assert.Equal([StreamEnd.TooMany], world.Ends);
        Assert.Equal(2, world.Proxies.Count);

        first.Break("ECONNRESET");
        world.Settle();
        Assert.False(world.Client().IsClosed, "there is room again");
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void At_the_limit_the_idlest_gives_way_to_the_newest() // W3, W4
    {
        using var world = new StreamWorld(Room(3));
        var (first, firstBackend) = world.Spoken();
        var (second, secondBackend) = world.Spoken();
        var (third, _) = world.Spoken();
        world.Run(GivesWayAfter);
        first.Send(1);
        world.Settle();

        var newest = world.Client();
        Assert.True(second.IsReset && secondBackend.IsReset, "the second is the idlest now");
        Assert.False(newest.IsClosed || first.IsClosed || third.IsClosed);
        var another = world.Client();
        Assert.True(third.IsReset);
        var refused = world.Client();
        Assert.True(refused.IsReset, "nothing is idle for long enough any more");
        Assert.False(newest.IsClosed || another.IsClosed || first.IsClosed);

        Assert.Equal(
            [StreamEnd.GaveWay, StreamEnd.GaveWay, StreamEnd.TooMany], world.Ends);
        firstBackend.Send(9);
        world.Settle();
        Assert.Equal([9], first.Taken);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void Nothing_gives_way_before_its_time()
    {
        using var world = new StreamWorld(Room(1));
        var (first, _) = world.Spoken();
        world.Run(GivesWayAfter - Moment);
        Assert.True(world.Client().IsReset);
        world.Run(Moment);
        Assert.False(world.Client().IsReset);

        Assert.True(first.IsReset);
        Assert.Equal([StreamEnd.TooMany, StreamEnd.GaveWay], world.Ends);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void A_connection_that_never_opened_or_never_reads_gives_way_like_any_other() // W5, W15
    {
        using var world = new StreamWorld(Room(2));
        var opening = world.Client();
        var (deaf, backend) = world.Established();
        deaf.Reads(window: 0);
        backend.Send(Bytes.Many(100_000));
        world.Run(GivesWayAfter);
        Assert.Equal(2, world.Proxies.BuffersInUse);

        world.Established();
        world.Established();
        Assert.True(opening.IsReset && deaf.IsReset);
        Assert.Equal(0, world.Proxies.BuffersInUse);
        Assert.Equal([StreamEnd.GaveWay, StreamEnd.GaveWay], world.Ends);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void One_client_has_no_more_connections_than_its_share() // W3
    {
        using var world = new StreamWorld(
            BalancerOptions.Default with { MaxStreamsPerClient = 2 });
        var first = world.Client();
        var second = world.Client();
        var third = world.Client();
        Assert.True(third.IsReset);
        Assert.False(world.Client("10.0.0.8").IsReset, "its neighbour has a share of its own");

        second.Break("ECONNRESET");
        world.Settle();
        Assert.False(world.Client().IsReset, "it has room again");
        Assert.False(first.IsReset);
        Assert.Equal([StreamEnd.TooManyOfClient, StreamEnd.ClientError], world.Ends);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Theory]
    [InlineData(24, "10.0.0.255", "10.0.1.0")]
    [InlineData(1, "127.255.255.255", "128.0.0.0")]
    [InlineData(32, "10.0.0.7", "10.0.0.6")]
    public void One_prefix_has_no_more_connections_than_its_share( // W3
        int bits, string within, string outside)
    {
        using var world = new StreamWorld(BalancerOptions.Default with
        {
            MaxStreamsPerClient = 3,
            MaxStreamsPerPrefix = 3,
            StreamPrefixBits = bits,
        });
        world.Client("10.0.0.7");
        world.Client("10.0.0.7");
        Assert.False(world.Client(within).IsReset);
        Assert.True(world.Client(within).IsReset);
        Assert.False(world.Client(outside).IsReset);

        var limit = bits == 32 ? StreamEnd.TooManyOfClient : StreamEnd.TooManyOfPrefix;
        Assert.Equal([limit], world.Ends);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void A_client_over_its_share_makes_nobody_give_way()
    {
        using var world = new StreamWorld(
            BalancerOptions.Default with { MaxStreams = 2, MaxStreamsPerClient = 1 });
        var other = world.Client("10.0.0.8");
        var own = world.Client();
        world.Run(GivesWayAfter);

        Assert.True(world.Client().IsReset);
        Assert.False(other.IsReset || own.IsReset);
        Assert.Equal([StreamEnd.TooManyOfClient], world.Ends);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void Who_is_turned_away_is_counted_and_not_routed()
    {
        using var world = new StreamWorld(
            BalancerOptions.Default with { MaxStreamsPerClient = 1 });
        world.Client();
        for (var i = 0; i < 5; i++)
            world.Client();

        Assert.Equal(5, world.Proxies.Counters.Ended(StreamEnd.TooManyOfClient));
        Assert.Equal(6, world.Proxies.Counters.Accepted);
        Assert.Single(world.Asked);
        world.Proxies.Dispose();
        Assert.Single(world.Counted);
        world.NothingIsLeft();
    }

    // A model beside it: a list in order of movement.
    [Fact]
    public void The_idlest_is_always_the_one_that_a_plain_list_names() =>
        Gen.Int[0, 9].Array[0, 200].Sample(AgreesWithAList, iter: 100);

    static void AgreesWithAList(int[] steps)
    {
        var never = TimeSpan.FromDays(1);
        using var world = new StreamWorld(Room(5) with
        {
            StreamOpenPatience = never,
            StreamFirstByte = never,
            StreamLifetime = never,
        });
        var open = new List<SimulatedStream>();
        foreach (var step in steps)
        {
            world.Run(GivesWayAfter);
            if (step >= 5 || open.Count <= step)
            {
                var newest = world.Client();
                if (open.Count == 5)
                {
                    Assert.True(open[0].IsReset, "the idlest has given way");
                    open.RemoveAt(0);
                }
                open.Add(newest);
            }
            else if (open.Count == 5)
            {
                open[step].Break("ECONNRESET");
                world.Settle();
                open.RemoveAt(step);
            }
            else
            {
                open[step].Send(1);
                world.Settle();
                open.Add(open[step]);
                open.RemoveAt(step);
            }
            Assert.All(open, stream => Assert.False(stream.IsClosed));
            Assert.Equal(open.Count, world.Proxies.Count);
        }
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }
}
