using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Narration;

/// <summary>SIGUSR1, as an operator uses it.</summary>
public sealed class StatisticsTests : IDisposable
{
    readonly TestDirectory _directory = new();
    readonly BackendServer _server;
    readonly IDisposable _answering;

    public StatisticsTests()
    {
        _server = BackendServer.Listen(_directory["5301"]);
        _answering = _server.Queries.Subscribe(Answer);
    }

    public void Dispose()
    {
        _answering.Dispose();
        _server.Dispose();
        _directory.Dispose();
    }

    // The original tells nothing of itself. What there is here besides: the summary of each minute,
    // a drain at SIGTERM, and commands by the core's port; metrics and a control door come with an
    // issue of their own.
    [Fact]
    public async Task W24_A_signal_prints_what_was_asked_answered_and_by_whom()
    {
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        await balancer.IsServedBy("5301");
        foreach (var _ in Enumerable.Range(0, 3))
            await balancer.Client("127.4.0.1").AskUdp();
        await balancer.Client("127.4.0.2").AskTcp();
        await balancer.Says("proxy connection finished");
        balancer.Send(Signal.User1);

        Has(await balancer.Says("statistics"),
            ("received", 3), ("answered", 3), ("in_flight", 0), ("no_backend", 0),
            ("remotes", 2), ("backends_live", 1), ("backends_known", 1));
        Has(await balancer.Says("TCP statistics"),
            ("tcp_accepted", 1), ("tcp_open", 0), ("tcp_finished", 1));
        var backend = await balancer.Says("backend statistics");
        Has(backend,
            ("be_id", 5301), ("udp", 3), ("answered", 3), ("tcp", 1), ("conn_start", 2),
            ("conn_error", 0), ("faults", 0), ("remotes", 2), ("stuck", 0));
        Assert.Equal("live", backend["state"]);
        Assert.NotNull(backend["p99_ms"]);
        var remote = await balancer.Says("remote statistics");
        Has(remote, ("udp", 3), ("udp_drop", 0), ("tcp", 0), ("be_id", 5301));
        Assert.Equal("127.4.0.1", remote["remote_ip"]);
    }

    // The question again, with QR set.
    static void Answer(Query query)
    {
        var answer = query.Message.ToArray();
        answer[2] |= 0x80;
        query.Answer(answer);
    }

    static void Has(LogLine line, params (string Field, int Value)[] fields)
    {
        foreach (var (field, value) in fields)
            Assert.Equal((field, $"{value}"), (field, line[field]));
    }
}
