using System.Net.Sockets;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Balancer.Rx.Protocol;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>The kernel's own reason, from the socket to the log.</summary>
public sealed class CauseTests : IDisposable
{
    const string Reset = "ECONNRESET (Connection reset by peer)";

    readonly TestDirectory _directory = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task W17_A_session_that_a_backend_resets_is_told_with_the_kernels_reason()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, default);
        listener.Bind(new UnixDomainSocketEndPoint(_directory["5301"]));
        listener.Listen();
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        using (var session = await listener.AcceptAsync(Cancelled).AsTask().Within("a session"))
        {
            // What has come is left unread, so that the close is a reset.
            Assert.True(session.Poll(Deadline.Patience, SelectMode.SelectRead));
            session.Send(WireBytes.Bare(FrameType.ServerHello));
            await balancer.IsServedBy("5301");
        }
        var line = await balancer.SaysOf("5301", "backend socket error");
        Assert.Equal(Reset, line["error"]);
    }

    [Fact]
    public async Task W17_A_connection_that_a_client_resets_is_told_with_the_kernels_reason()
    {
        using var server = BackendServer.Listen(_directory["5301"]);
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        await balancer.IsServedBy("5301");
        using (var client = await balancer.Client("127.5.0.1").OpenTcp())
        {
            await balancer.Says("connected to backend");
            client.ResetOnDispose();
        }
        var line = await balancer.Says("proxy connection finished");
        Assert.Equal(("client_error", Reset), (line["end"], line["error"]));
    }
}
