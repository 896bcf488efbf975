using System.Diagnostics;
using System.Reactive.Concurrency;
using Balancer.Daemon.Loop;
using Xunit;

namespace Balancer.EndToEndTests.Loop;

public sealed class TimerTests : IDisposable
{
    readonly TestLoop _test = new();

    public void Dispose() => _test.Dispose();

    EventLoop Loop => _test.Loop;

    [Fact]
    public void Equal_due_times_keep_their_order()
    {
        var seen = new List<int>();
        _test.Run(() =>
        {
            var due = Loop.Now + TimeSpan.FromMilliseconds(3);
            for (var i = 0; i < 100; i++)
            {
                var n = i;
                Loop.Schedule(due, () => seen.Add(n));
            }
            Loop.Schedule(due, Loop.Stop);
        });
        Assert.Equal(Enumerable.Range(0, 100), seen);
    }

    [Fact]
    public void Work_runs_in_the_order_of_due_times_immediate_work_first()
    {
        var seen = new List<int>();
        _test.Run(() =>
        {
            Loop.Schedule(Ms(4), () => seen.Add(4));
            Loop.Schedule(TimeSpan.FromTicks(1), () => seen.Add(1));
            Loop.Schedule(Ms(2), () => seen.Add(2));
            Loop.Schedule(Ms(5), Loop.Stop);
            Loop.Schedule(() => seen.Add(0));
            Loop.Schedule(Ms(3), () => seen.Add(3));
        });
        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public void A_timer_never_fires_early()
    {
        var left = 40;
        for (var i = 1; i <= 40; i++)
        {
            var delay = TimeSpan.FromMicroseconds(i * 517);
            var began = Stopwatch.GetTimestamp();
            var due = Loop.Now + delay;
            Loop.Schedule(delay, () =>
            {
                Assert.True(Loop.Now >= due, "by the loop's clock");
                // The loop counts whole ticks: what is left of one is not a delay.
                var waited = Stopwatch.GetElapsedTime(began) + TimeSpan.FromTicks(1);
                Assert.True(waited >= delay, "by another clock");
                if (--left == 0) Loop.Stop();
            });
        }
        _test.Run(() => { });
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire() => _test.Run(() =>
    {
        var due = Loop.Now + Ms(2);
        Loop.Schedule(due, () => Assert.Fail("cancelled")).Dispose();
        var late = Loop.Schedule(due, () => Assert.Fail("cancelled in its own turn"));
        late.Dispose();
        Loop.Schedule(due, Loop.Stop);
        Assert.Equal(1, Loop.TimerCount);
    });

    [Fact]
    public void A_timer_cancelled_in_the_turn_it_is_due_does_not_fire() => _test.Run(() =>
    {
        var due = Loop.Now + Ms(2);
        IDisposable? second = null;
        Loop.Schedule(due, () => second!.Dispose());
        second = Loop.Schedule(due, () => Assert.Fail("cancelled"));
        Loop.Schedule(due, Loop.Stop);
    });

    [Fact]
    public void A_timer_cancelled_from_another_thread_leaves_the_heap() => _test.Run(() =>
    {
        var timer = Loop.Schedule(TimeSpan.FromDays(1), () => Assert.Fail("cancelled"));
        Assert.Equal(1, Loop.TimerCount);
        TestLoop.Elsewhere(() =>
        {
            timer.Dispose();
            timer.Dispose();
            Loop.Schedule(() =>
            {
                Assert.Equal(0, Loop.TimerCount);
                Loop.Stop();
            });
        });
    });

    [Fact]
    public void A_hundred_thousand_cancelled_timers_leave_nothing_behind() => _test.Run(() =>
    {
        var timers = new IDisposable[100_000];
        for (var i = 0; i < timers.Length; i++)
            timers[i] = Loop.Schedule(TimeSpan.FromHours(1) + Ms(i % 1009), () => { });
        Assert.Equal(timers.Length, Loop.TimerCount);
        foreach (var timer in timers) timer.Dispose();
        Assert.Equal(0, Loop.TimerCount);
        Loop.Stop();
    });

    [Fact]
    public void A_delay_beyond_the_end_of_time_is_no_error() => _test.RunTurns(1, () =>
    {
        Loop.Schedule(TimeSpan.MaxValue, () => Assert.Fail("the end of time"));
        Loop.Schedule(DateTimeOffset.MaxValue, () => Assert.Fail("the end of time"));
        Assert.Equal(2, Loop.TimerCount);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_heap_gives_what_a_sorted_list_would(int seed)
    {
        var random = new Random(seed);
        var heap = new TimerHeap();
        var model = new List<WorkItem>();
        for (var step = 0; step < 20_000; step++)
        {
            switch (random.Next(5))
            {
                case 0 or 1 or 2 when model.Count < 500:
                    var item = new OneShot<int>(Loop, random.Next(50), 0, (_, _) => null!);
                    heap.Add(item);
                    model.Add(item);
                    break;
                case 3 when model.Count > 0:
                    var any = model[random.Next(model.Count)];
                    heap.Remove(any);
                    heap.Remove(any);
                    model.Remove(any);
                    break;
                case 4 when heap.Earliest is { } earliest:
                    Assert.Same(model.MinBy(i => (i.Due, i.Sequence)), earliest);
                    heap.Remove(earliest);
                    model.Remove(earliest);
                    break;
            }
            Assert.Equal(model.Count, heap.Count);
        }
    }

    static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
}
