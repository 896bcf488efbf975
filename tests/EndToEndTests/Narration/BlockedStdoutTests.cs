using System.Diagnostics;
using System.Net;
using Balancer.EndToEndTests.Support;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>The daemon as a process whose stdout is a full pipe that nobody reads.</summary>
public sealed class BlockedStdoutTests : IDisposable
{
    // Each makes two lines; the queue has room for 10,000, the pipe for some hundred.
    const int Clients = 6_000, AtOnce = 50;

    readonly TestDirectory _directory = new();
    readonly TestDirectory _control = new();
    readonly TaskCompletionSource _serving = new();
    readonly RogueBackend _backend;

    public BlockedStdoutTests() => _backend = new(_directory["5301"], Answer);

    public void Dispose()
    {
        _backend.Dispose();
        _directory.Dispose();
        _control.Dispose();
    }

    [Fact]
    public async Task It_costs_lines_that_are_counted_and_no_query()
    {
        var port = FreePort.Take();
        using var process = Process.Start(new ProcessStartInfo(
            BalancerProcess.Binary,
            [
                "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{port}", "-l", "debug",
                "--control", _control["control.sock"],
            ])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            await _serving.Task.Within("a session");
            await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async first =>
            {
                for (var client = first; client < Clients; client += AtOnce)
                    await new DnsAsker(AddressOf(client), port).AskUdp();
            }));
            using var door = new Door(_control["control.sock"]);
            var totals = (await door.Json("status")).GetProperty("totals");
            Assert.Equal(Clients, totals.GetProperty("received").GetInt32());
            Assert.Equal(
                Clients, totals.GetProperty("outcomes").GetProperty("answered").GetInt32());
            Assert.InRange(totals.GetProperty("logLinesLost").GetInt32(), 1, 2 * Clients);

            process.Send(Signal.Terminate);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken)
                .Within("the exit");
            Assert.Equal(0, process.ExitCode);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    static IPAddress AddressOf(int client) =>
        new([127, 30, (byte)(client / 200), (byte)(client % 200 + 1)]);

    async Task Answer(WirePeer peer)
    {
        while (true)
        {
            var frame = await peer.NextFrame();
            switch (frame.Type)
            {
                case FrameType.ClientHello:
                    await peer.Send(WireBytes.Bare(FrameType.ServerHello));
                    _serving.TrySetResult();
                    break;
                case FrameType.ClientHeartbeat:
                    await peer.Send(WireBytes.Bare(FrameType.ServerHeartbeat));
                    break;
                default:
                    frame.Data[2] |= 0x80;
                    await peer.Send(WireBytes.Datagram(
                        FrameType.OutboundUdp, frame.Client, frame.Data));
                    break;
            }
        }
    }
}
