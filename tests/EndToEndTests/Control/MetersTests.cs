using System.Diagnostics.Metrics;
using System.Net;
using System.Reactive.Subjects;
using Balancer.Daemon;
using Balancer.Daemon.Control;
using Balancer.Daemon.Hooks;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Sockets;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>The same numbers for whoever listens within the process, as OpenTelemetry does.
/// </summary>
public sealed class MetersTests
{
    [Fact]
    public async Task A_listener_of_the_meter_is_told_what_has_happened()
    {
        using var directory = new TestDirectory();
        using var stops = new Subject<TimeSpan?>();
        using var logs = Logs.Create(new(LogLevel.Fatal));
        var port = FreePort.Take();
        using var worker = new Worker(
            new()
            {
                Addresses = [IPAddress.Loopback],
                Port = port,
                Core = BalancerOptions.Default with { SocketDirectory = directory.Path },
            },
            new LoopShare(0, 1), failed: _ => { });
        using var status = new StatusOfAll([worker], logs, new HookCounts());
        using var door = new DoorContext([worker], status);
        using var meters = new Meters(door);
        var told = new Dictionary<string, double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Name == "Balancer")
                    listening.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) =>
            told[instrument.Name] = told.GetValueOrDefault(instrument.Name) + value);
        var cancelled = TestContext.Current.CancellationToken;
        var serving = new TaskCompletionSource();
        var loop = new Thread(() => worker.Run(stops, serving.SetResult));
        loop.Start();
        await serving.Task.Within("the loop's begin");
        using (var client = new System.Net.Sockets.UdpClient())
            await client.SendAsync(
                new byte[5], new IPEndPoint(IPAddress.Loopback, port), cancelled);
        while (await worker.Ask(() => worker.Plane.Data.Outcomes.Received, cancelled) == 0)
            await Task.Yield();

        listener.Start();
        listener.RecordObservableInstruments();
        stops.OnNext(null);
        Assert.True(loop.Join(Deadline.Patience));

        Assert.Equal(1, told["mname_datagrams_received_total"]);
        Assert.Equal(1, told["mname_queries_total"]);
        Assert.Equal(0, told["mname_remotes"]);
        Assert.True(told["process_resident_memory_bytes"] > 0);
    }
}
