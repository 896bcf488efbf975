using System.Diagnostics;
using Xunit;

namespace Balancer.EndToEndTests.Load;

// A rate is kept whatever the server does, and what it makes its clients wait is told.
public sealed class OpenLoopTests
{
    [Fact]
    public async Task As_many_are_sent_as_fall_due()
    {
        using var server = new ScriptedServer(
            (server, asked) => server.Send(asked.Answer, asked.From));
        var result = await LoadWorld.Run(LoadWorld.Towards(server.EndPoint) with
        {
            Rate = 2_000,
            For = TimeSpan.FromSeconds(0.25),
            Outstanding = 65_536,
        });

        Assert.Equal((500, 500, 0, 0, 0, 0, 0), result.Counts());
        Assert.True(result.Seconds >= 0.25, $"{result.Seconds} s");
    }

    [Fact]
    public async Task A_stalled_server_cannot_hide_how_long_queries_waited_to_be_asked()
    {
        const int stall = 300;
        using var server = new ScriptedServer((server, asked) =>
        {
            if (asked.Number == 0)
                Stall(stall);
            server.Send(asked.Answer, asked.From);
        });
        // Ten go out at once; the others, one a millisecond, fall due while the server stalls.
        var result = await LoadWorld.Run(LoadWorld.Towards(server.EndPoint) with
        {
            Rate = 1_000,
            Count = stall,
            Outstanding = 10,
        });

        Assert.Equal((stall, stall, 0, 0, 0, 0, 0), result.Counts());
        Assert.True(
            result.DueP50 > stall / 2 * 1_000 * 0.9,
            $"half waited half of the stall: {result.DueP50} µs");
        Assert.True(
            result.P50 < result.DueP50, $"once asked, half were answered in {result.P50} µs");
    }

    static void Stall(int milliseconds)
    {
        var since = Stopwatch.StartNew();
        SpinWait.SpinUntil(() => since.ElapsedMilliseconds >= milliseconds);
    }
}
