using System.Reactive;
using System.Reactive.Subjects;
using Balancer.Daemon.Control.Filters;
using Balancer.Daemon.Control.Taps;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Xunit;

namespace Balancer.EndToEndTests.Control.Taps;

/// <summary>What listens on a loop, and when.</summary>
[Collection(nameof(AllocationsAlone))]
public sealed class LoopTapsTests : IDisposable
{
    static readonly DateTimeOffset At = new(2026, 11, 24, 17, 0, 0, TimeSpan.Zero);

    readonly Subject<Timestamped<BalancerEvent>> _facts = new();
    readonly LoopTaps _taps;
    IDatagramWatcher? _watcher;

    public LoopTapsTests() => _taps = new(_facts, watcher => _watcher = watcher);

    [Fact]
    public void Nothing_listens_without_a_tap()
    {
        var one = Tap("backend==5301");
        Assert.False(_facts.HasObservers);
        _taps.Add(one.Branches[0]);
        Assert.True(_facts.HasObservers);
        Assert.NotNull(_watcher);
        _taps.Remove(one.Branches[0]);
        Assert.False(_facts.HasObservers);
        Assert.Null(_watcher);
    }

    [Fact]
    public void A_tap_of_the_control_plane_does_not_switch_datagrams_on()
    {
        var one = Tap("kind==backend-faulted");
        _taps.Add(one.Branches[0]);
        Assert.Null(_watcher);
        _facts.OnNext(new(new BalancerEvent.BackendFound(new(5301), "/5301"), At));
        _facts.OnNext(new(Fault, At));
        Assert.Equal(1, one.Waiting);
    }

    [Fact]
    public void Each_tap_gets_what_passes_its_filter_and_one_that_has_gone_nothing()
    {
        var all = new Tap(Filter.Default, loops: 1);
        var slow = Tap("latency>50ms");
        _taps.Add(all.Branches[0]);
        _taps.Add(slow.Branches[0]);
        _watcher!.Saw([Answer(10), Answer(60), Answer(70)]);
        _facts.OnNext(new(Fault, At));
        Assert.Equal((4, 2), (all.Waiting, slow.Waiting));
        _taps.Remove(all.Branches[0]);
        _watcher!.Saw([Answer(80)]);
        _facts.OnNext(new(Fault, At));
        Assert.Equal((4, 3), (all.Waiting, slow.Waiting));
    }

    [Fact]
    public void To_be_removed_twice_or_never_added_harms_nobody()
    {
        var (one, other) = (Tap("backend==5301"), Tap("backend==5301"));
        _taps.Add(one.Branches[0]);
        _taps.Remove(other.Branches[0]);
        Assert.NotNull(_watcher);
        _taps.Remove(one.Branches[0]);
        _taps.Remove(one.Branches[0]);
        Assert.Null(_watcher);
    }

    [Fact]
    public void A_tap_that_nobody_reads_allocates_nothing_for_a_datagram()
    {
        var tap = Tap("latency>50ms");
        _taps.Add(tap.Branches[0]);
        var burst = new[] { Answer(10), Answer(60), Answer(70) };
        _watcher!.Saw(burst);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
            _watcher!.Saw(burst);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Balancer.Daemon.Control.Taps.Tap.QueueFacts, tap.Waiting);
        Assert.Equal(2 * 10_001 - tap.Waiting, tap.Dropped);
    }

    [Fact]
    public void Facts_of_two_loops_meet_in_one_tap()
    {
        var tap = new Tap(Filter.Default, loops: 2);
        tap.Branches[0].Saw([Answer(1)]);
        tap.Branches[1].Saw([Answer(2), Answer(3)]);
        var taken = new CaughtFact[10];
        Assert.Equal(3, tap.Take(taken));
        Assert.Equal([0, 1, 1], taken[..3].Select(fact => fact.View.Loop));
    }

    public void Dispose() => _facts.Dispose();

    static readonly BalancerEvent Fault = new BalancerEvent.BackendFaulted(
        new(5301), "/5301", FaultReason.Closed, "", WasLive: true);

    static DatagramFact Answer(int ms) => new()
    {
        Client = new ClientEndpoint(new(0x0A000001), 53),
        Backend = new(5301),
        Latency = ms * TimeSpan.TicksPerMillisecond,
    };

    static Tap Tap(string filter)
    {
        Assert.True(FilterParser.TryParse(filter, out var read, out var error), error);
        return new(read, loops: 1);
    }
}
