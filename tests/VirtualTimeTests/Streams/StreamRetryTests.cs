using Balancer.Rx;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// A backend that does not take the connection: the next one may. The original did not retry (T6).
public class StreamRetryTests
{
    static readonly byte[] Question = [0, 2, 7, 7];

    public static TheoryData<string> WaysToFail => ["refuses", "closes", "breaks", "is silent"];

    static void Fail(StreamWorld world, string way)
    {
        var backend = world.Backend;
        if (way != "refuses")
            backend.Connect();
        world.Settle();
        if (way is "refuses" or "breaks")
            backend.Break("ECONNREFUSED");
        if (way == "closes")
            backend.End();
        world.Run(way == "is silent" ? world.Options.StreamOpenPatience : TimeSpan.FromSeconds(1));
    }

    [Theory]
    [MemberData(nameof(WaysToFail))]
    public void The_next_backend_hears_all_that_the_client_has_said(string way) // W10, W11, M10
    {
        using var world = new StreamWorld();
        var client = world.Client();
        client.Send(Question);
        Fail(world, way);
        client.Send(1, 2);

        Assert.Equal([5301, 5302], world.Asked);
        world.Backend.Connect();
        world.Backend.Send([.. Bytes.Ok, 42]);
        world.Settle();

        Assert.Equal([.. Bytes.InboundTcp, .. Question, 1, 2], world.Backend.Taken);
        Assert.Equal([42], client.Taken);
        Assert.Equal([(new BackendId(5302), true)], world.Counted);
        Assert.Equal(5301, world.FactsOf<BalancerEvent.StreamRefused>().Single().Backend.Value);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Theory]
    [MemberData(nameof(WaysToFail))]
    public void W15_When_all_have_failed_the_client_gets_a_reset_and_nothing_is_left(string way)
    {
        using var world = new StreamWorld();
        var client = world.Client();
        client.Send(Question);
        Fail(world, way);
        Fail(world, way);

        Assert.True(client.IsReset);
        Assert.Equal([StreamEnd.NoBackend], world.Ends);
        Assert.Equal([(null, false)], world.Counted);
        world.NothingIsLeft();
    }

    [Fact]
    public void No_more_backends_are_tried_than_allowed()
    {
        using var world = new StreamWorld(backends: 9);
        world.Client();
        for (var i = 0; i < world.Options.StreamConnectAttempts; i++)
            Fail(world, "refuses");

        Assert.Equal([5301, 5302, 5303], world.Asked);
        Assert.Equal([StreamEnd.NoBackend], world.Ends);
        world.NothingIsLeft();
    }

    [Fact]
    public void The_original_tried_one() // T6
    {
        using var world = new StreamWorld(BalancerOptions.Compat);
        world.Client();
        Fail(world, "refuses");

        Assert.Equal([5301], world.Asked);
        world.NothingIsLeft();
    }

    [Fact]
    public void Half_an_OK_and_then_the_end_is_a_refusal()
    {
        using var world = new StreamWorld();
        world.Client();
        world.Backend.Connect();
        world.Backend.Send(Bytes.Ok.AsSpan(0, 3));
        world.Backend.End();
        world.Settle();

        Assert.Equal([5301, 5302], world.Asked);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void After_the_OK_nothing_is_tried_again()
    {
        using var world = new StreamWorld();
        var (client, backend) = world.Established();
        backend.Break("EPIPE");
        world.Settle();

        Assert.Equal([5301], world.Asked);
        Assert.True(client.IsReset);
        world.NothingIsLeft();
    }

    [Fact]
    public void W11_The_deadline_of_a_backend_that_failed_never_strikes_the_next_one()
    {
        using var world = new StreamWorld();
        world.Client().Send(Question);
        world.Run(TimeSpan.FromSeconds(9));
        world.Backend.Break("closed");
        world.Settle();
        world.Run(TimeSpan.FromSeconds(9));
        Assert.Empty(world.Ends);

        world.Backend.Connect();
        world.Backend.Send(Bytes.Ok);
        world.Run(TimeSpan.FromSeconds(20));
        Assert.Empty(world.Ends);
        Assert.Equal([(new BackendId(5302), true)], world.Counted);
        world.Proxies.Dispose();
        world.NothingIsLeft();
    }

    [Fact]
    public void Bytes_do_not_prolong_the_opening() // M10
    {
        using var world = new StreamWorld(backends: 1);
        var client = world.Client();
        world.Backend.Connect();
        for (var second = 1; second < 10; second++)
        {
            world.Run(TimeSpan.FromSeconds(1));
            client.Send(1);
        }
        Assert.Empty(world.Ends);
        world.Run(TimeSpan.FromSeconds(1));
        Assert.Equal([StreamEnd.NoBackend], world.Ends);
        world.NothingIsLeft();
    }
}
