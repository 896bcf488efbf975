using System.Reactive.Concurrency;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Loop;

[Collection(nameof(AllocationsAlone))]
public sealed class AllocationTests : IDisposable
{
    readonly TestLoop _test = new();

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_turn_of_events_and_waiting_timers_allocates_nothing()
    {
        const int warm = 200, turns = 5_000;
        var meter = new Meter(_test.Loop, warm, warm + turns);
        for (var i = 0; i < 10; i++)
            _test.Loop.Add(_test.Scratch.RungEventFd(), EpollEvents.In, meter);
        _test.Run(() =>
        {
            for (var i = 1; i < 100; i++) _test.Loop.Schedule(TimeSpan.FromHours(i), () => { });
        });
        Assert.Equal(0, meter.Allocated);
    }

    [Fact]
    public void A_beat_allocates_nothing()
    {
        const int warm = 20, beats = 200;
        var meter = new Meter(_test.Loop, warm, warm + beats);
        _test.Run(() => _test.Loop.SchedulePeriodic(meter, TimeSpan.Zero, m =>
        {
            m.Ready(EpollEvents.None);
            return m;
        }));
        Assert.Equal(0, meter.Allocated);
    }

    /// <summary>Measures what this thread allocates between two of its own calls.</summary>
    sealed class Meter(EventLoop loop, int from, int to) : ILoopSource
    {
        int _calls;
        long _before;

        public long Allocated { get; private set; } = -1;

        public void Ready(EpollEvents events)
        {
            _calls++;
            if (_calls == from) _before = GC.GetAllocatedBytesForCurrentThread();
            if (_calls != to) return;
            Allocated = GC.GetAllocatedBytesForCurrentThread() - _before;
            loop.Stop();
        }
    }
}
