using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Balancer.Daemon.Loop;
using Xunit;

namespace Balancer.EndToEndTests.Loop;

public sealed class WorkTests : IDisposable
{
    readonly TestLoop _test = new();

    public void Dispose() => _test.Dispose();

    EventLoop Loop => _test.Loop;

    [Fact]
    public void Work_from_another_thread_wakes_the_loop() => _test.Run(() =>
    {
        var own = Environment.CurrentManagedThreadId;
        new Thread(() => Loop.Schedule(() =>
        {
            Assert.Equal(own, Environment.CurrentManagedThreadId);
            Loop.Stop();
        })).Start();
    });

    [Fact]
    public void A_timer_from_another_thread_shortens_the_wait() => _test.Run(() =>
    {
        Loop.Schedule(TimeSpan.FromDays(1), () => Assert.Fail("a day has passed"));
        new Thread(() => Loop.Schedule(TimeSpan.FromMilliseconds(1), Loop.Stop)).Start();
    });

    [Fact]
    public void Posts_of_one_thread_keep_their_order()
    {
        var seen = new List<int>();
        _test.Run(() => new Thread(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                var n = i;
                Loop.Schedule(() => seen.Add(n));
            }
            Loop.Schedule(Loop.Stop);
        }).Start());
        Assert.Equal(Enumerable.Range(0, 10_000), seen);
    }

    [Fact]
    public void A_burst_of_posts_rings_the_bell_once()
    {
        var taken = new List<WorkItem>();
        using var inbox = new Inbox(taken.Add);
        WorkItem[] items = [Item(), Item(), Item()];
        foreach (var item in items) Assert.True(inbox.Post(item));
        Assert.Equal(1, Daemon.Native.LibC.EventFdTake(inbox.BellFd).Value);
        inbox.Ready(Daemon.Native.EpollEvents.In);
        Assert.Equal(items, taken);
        inbox.Post(items[0]);
        Assert.Equal(1, Daemon.Native.LibC.EventFdTake(inbox.BellFd).Value);
        inbox.Dispose();
        Assert.False(inbox.Post(items[0]));

        WorkItem Item() => new OneShot<int>(Loop, 0, 0, (_, _) => Disposable.Empty);
    }

    [Fact]
    public void Nothing_runs_inside_the_call_that_schedules_it() => _test.RunTurns(1, () =>
    {
        var scheduling = true;
        Loop.Schedule(() => Assert.False(scheduling));
        Loop.Schedule(TimeSpan.FromTicks(-1), () => Assert.False(scheduling));
        Loop.Schedule(DateTimeOffset.MinValue, () => Assert.False(scheduling));
        scheduling = false;
    });

    [Fact]
    public void Work_that_throws_is_reported_and_the_loop_goes_on()
    {
        var bug = new InvalidOperationException("a bug");
        Loop.Schedule(() => throw bug);
        Loop.Schedule(Loop.Stop);
        _test.RunUntilStopped();
        Assert.Equal([bug], _test.Failures);
    }

    [Fact]
    public void Cancelled_work_does_not_run_even_when_it_is_queued_already() =>
        _test.RunTurns(1, () =>
        {
            var second = new SerialDisposable();
            Loop.Schedule(second.Dispose);
            second.Disposable = Loop.Schedule(() => Assert.Fail("cancelled"));
        });

    [Fact]
    public void Cancelling_work_cancels_what_it_has_scheduled() => _test.RunTurns(3, () =>
    {
        IDisposable? inner = null;
        var outer = Loop.Schedule(0, (_, _) => inner = Disposable.Create(Loop.Stop));
        Loop.Schedule(outer.Dispose);
    });

    [Fact]
    public void Stop_ends_the_run_from_any_thread_or_the_next_run()
    {
        _test.Run(() => new Thread(Loop.Stop).Start());
        Loop.Stop();
        _test.RunUntilStopped();
    }

    [Fact]
    public void Cancellation_ends_the_run()
    {
        using var cancel = new CancellationTokenSource();
        Loop.Schedule(() => new Thread(cancel.Cancel).Start());
        Loop.Run(cancel.Token);
        Loop.Run(cancel.Token);
        Assert.True(cancel.IsCancellationRequested);
    }

    [Fact]
    public void A_loop_runs_once_at_a_time_and_is_not_disposed_under_way() =>
        _test.RunTurns(0, () =>
        {
            Assert.Throws<InvalidOperationException>(_test.RunUntilStopped);
            Assert.Throws<InvalidOperationException>(Loop.Dispose);
        });

    [Fact]
    public void A_disposed_loop_takes_no_work_but_lets_go_of_what_it_had()
    {
        var loop = new EventLoop(_ => { });
        var timer = loop.Schedule(TimeSpan.FromDays(1), () => { });
        loop.Dispose();
        loop.Dispose();
        loop.Stop();
        timer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => loop.Schedule(() => { }));
    }
}
