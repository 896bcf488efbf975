using System.Net;
using System.Reactive.Concurrency;
using Balancer.Backend;
using Balancer.Daemon;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Sockets;
using Balancer.Daemon.Supervision;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Supervision;

/// <summary>The daemon as a process under a supervisor that speaks the protocols of systemd.
/// </summary>
public sealed class SupervisedTests : IDisposable
{
    const int Clients = 20;

    readonly TestDirectory _directory = new();
    readonly Parent _parent = new();

    public void Dispose()
    {
        _parent.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task What_comes_while_it_is_dead_is_answered_by_the_next_over_UDP_and_TCP()
    {
        using var backend = Answering();
        await using (var first = Start())
        {
            await Task.WhenAll(Ask(1));
            first.Send(Signal.Kill);
            await first.Exit();
        }
        // Nobody is there to read; the sockets are.
        var between = Ask(2);
        await using var second = Start();
        await Task.WhenAll(between);
        await Task.WhenAll(Ask(3));

        second.Send(Signal.Terminate);
        Assert.Equal(0, await second.Exit());
        Assert.Empty(second.Errors.All);
    }

    [Fact]
    public async Task It_tells_that_it_is_ready_how_it_stands_that_it_lives_and_that_it_stops()
    {
        using var backend = Answering();
        await using var daemon = Start();
        await _parent.Told.WaitFor(line => line == "READY=1", "that it is ready");
        await _parent.Told.WaitFor(
            line => line.StartsWith("STATUS=1 of 1 backends live, ", StringComparison.Ordinal),
            "how it stands");
        await _parent.Told.WaitFor(line => line == "WATCHDOG=1", "that it lives");
        await _parent.Told.WaitFor(
            line => line == "WATCHDOG=1", "that it still lives", from: _parent.Told.Count);

        daemon.Send(Signal.Terminate);
        await _parent.Told.WaitFor(line => line == "STOPPING=1", "that it stops");
        Assert.Equal(0, await daemon.Exit());
        Assert.Single(_parent.Told.All, line => line == "READY=1");
    }

    [Fact]
    public async Task A_directory_that_cannot_be_read_does_not_hold_readiness_for_ever()
    {
        using var logs = Logs.Create(new(LogLevel.Fatal));
        using var worker = new Worker(
            new()
            {
                Addresses = [IPAddress.Loopback],
                Port = FreePort.Take(),
                Core = BalancerOptions.Default with { SocketDirectory = _directory["gone"] },
            },
            LoopShare.Whole, failed: _ => { });
        using var status = new StatusOfAll([worker], logs, new());
        using var notifier = new Notifier(_parent.Ear, deaf: _ => { });
        var clock = new HistoricalScheduler();
        using var supervised = new Supervised(notifier, null, [worker], status, clock);
        supervised.Serving();
        notifier.Status("waits");
        clock.AdvanceBy(TimeSpan.FromSeconds(5));
        await _parent.Told.WaitFor(line => line == "READY=1", "that it is ready");
        Assert.Equal(["STATUS=waits", "READY=1"], _parent.Told.All);
    }

    [Fact]
    public async Task Flags_that_ask_for_another_port_than_was_handed_over_are_refused()
    {
        await using var daemon = _parent.Start("-s", _directory.Path, "-p", "5");
        Assert.Equal(1, await daemon.Exit());
        Assert.Equal(
            $"balancer: --port 5: the sockets that were handed over are on port {_parent.Port}",
            Assert.Single(daemon.Errors.All));
    }

    ChildProcess Start() => _parent.Start("-s", _directory.Path, "--control", "off");

    BackendServer Answering()
    {
        var backend = BackendServer.Listen(_directory["5301"]);
        // Ends with the server.
        backend.Queries.Subscribe(query =>
        {
            var answer = query.Message.ToArray();
            answer[2] |= 0x80;
            query.Answer(answer);
        });
        return backend;
    }

    Task[] Ask(int network) =>
    [
        .. Enumerable.Range(1, Clients)
            .Select(i => new DnsAsker(IPAddress.Parse($"127.8.{network}.{i}"), _parent.Port))
            .SelectMany(client => new Task[] { client.AskUdp(), client.AskTcp() }),
    ];
}
