using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Streams;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// A backend's session is nobody's TCP connection (T9). In the original, one late INBOUND_TCP_OK
// faulted the backend, and with it all its UDP clients (W10); so did the timer of a connection that
// had been closed long before (W11).
public sealed class StreamSeparationTests : IStreamListener, IStreamConnector, IDisposable
{
    readonly IdleScheduler _scheduler = new();
    readonly Subject<AcceptedStream> _accepted = new();
    readonly List<SimulatedStream> _attempts = [];
    readonly List<BalancerEvent> _facts = [];
    readonly List<Exception> _failures = [];
    readonly ControlPlane _control;

    public StreamSeparationTests()
    {
        _scheduler.AdvanceTo(World.Dawn.Ticks);
        var directory = new SimulatedDirectory(_scheduler);
        var backend = new SimulatedBackend(directory, _scheduler, "5301");
        var ports = new Ports(
            directory, new SimulatedLinks(_ => backend, _scheduler),
            Observable.Never<DatagramBurst>(), new SimulatedReplies(_ => { }), this, this,
            Observable.Never<BackendCommand>());
        var options = BalancerOptions.Default with { SocketDirectory = SimulatedDirectory.Path };
        _control = new(ports, options.Checked(), _failures.Add, _scheduler);
        _control.Facts.Subscribe(fact => _facts.Add(fact.Value));
        _control.Start();
        backend.Appears();
        _scheduler.AdvanceBy(1.Seconds().Ticks);
    }

    [Theory]
    [InlineData("is silent")]
    [InlineData("refuses")]
    [InlineData("closes before the OK")]
    [InlineData("says something else")]
    public void W10_What_a_backend_does_to_TCP_clients_leaves_its_session_live(string way) // W11
    {
        for (ushort port = 1; port <= 10; port++)
        {
            var client = new SimulatedStream(_scheduler);
            _accepted.OnNext(new(new(ClientAddress.Parse("10.0.0.7"), port), client));
            client.Send(1);
            var attempt = _attempts[^1];
            if (way == "refuses")
                attempt.Break("ECONNREFUSED");
            else
                attempt.Connect();
            if (way == "closes before the OK")
                attempt.End();
            if (way == "says something else")
                attempt.Send(1, 2, 3, 4);
            _scheduler.AdvanceBy(4.Seconds().Ticks);
        }
        _scheduler.AdvanceBy(60.Seconds().Ticks);

        Assert.Equal(10, _facts.OfType<BalancerEvent.StreamFinished>().Count());
        Assert.Empty(_facts.OfType<BalancerEvent.BackendFaulted>());
        Assert.IsType<Session.Live>(_control.Sessions.Lookup(new(5301)).Value.State);
        Assert.Empty(_failures);
    }

    public void Dispose()
    {
        _control.Dispose();
        _accepted.Dispose();
    }

    IObservable<AcceptedStream> IStreamListener.Accepted => _accepted;

    IByteStream IStreamConnector.Connect(string path)
    {
        var stream = new SimulatedStream(_scheduler);
        _attempts.Add(stream);
        return stream;
    }
}
