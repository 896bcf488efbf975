using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>All that can be told, told by a whole daemon that has work to do.</summary>
public sealed class TraceLevelTests
{
    const int Trace = 10;

    // At this level the original read arguments that were not there, at each TCP connection.
    [Fact]
    public async Task W18_At_trace_level_every_connection_is_told_in_whole_lines_and_served()
    {
        using var directory = new TestDirectory();
        using var server = BackendServer.Listen(directory["5301"]);
        using var answering = server.Queries.Subscribe(Answer);
        await using var balancer = await BalancerProcess.Start(directory.Path, "-l", "trace");
        await balancer.IsServedBy("5301");
        foreach (var connection in (string[])["1", "2", "3"])
        {
            await balancer.Client("127.5.0.2").AskTcp();
            await balancer.Client("127.5.0.2").AskUdp();
            foreach (var sentence in (string[])["connecting to backend", "connected to backend"])
                await Told(sentence, connection);
            await Told("proxy connection finished", connection);
        }
        Assert.Equal(Trace, (await balancer.Says("received heartbeat reply")).Level);
        Assert.All(balancer.Log.All, line => Assert.True(line.Level >= Trace, line.Raw));
        Assert.Empty(balancer.Errors);

        Task Told(string sentence, string connection) => balancer.Log.WaitFor(
            line => line.Message == sentence && line["conn_id"] == connection,
            $"\"{sentence}\" of connection {connection}");
    }

    // The question again, with QR set.
    static void Answer(Query query)
    {
        var answer = query.Message.ToArray();
        answer[2] |= 0x80;
        query.Answer(answer);
    }
}
