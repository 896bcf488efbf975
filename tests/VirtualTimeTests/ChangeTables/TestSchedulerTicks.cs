using System.Reactive.Concurrency;
using System.Reactive.Linq;

using Microsoft.Reactive.Testing;
using Xunit;

namespace Balancer.VirtualTimeTests.ChangeTables;

public sealed class TestSchedulerTicks : ReactiveTest
{
    readonly TestScheduler _scheduler = new();
    readonly List<string> _ran = [];

    [Fact]
    public void Time_stands_at_tick_0_in_year_1()
    {
        Assert.Equal(0, _scheduler.Clock);
        Assert.Equal(new DateTimeOffset(0, TimeSpan.Zero), _scheduler.Now);
        _scheduler.AdvanceTo(TimeSpan.TicksPerDay);
        Assert.Equal(new DateTimeOffset(1, 1, 2, 0, 0, 0, TimeSpan.Zero), _scheduler.Now);
    }

    [Fact]
    public void Work_due_now_runs_one_tick_later()
    {
        _scheduler.Schedule(() => Ran("now"));
        _scheduler.AdvanceTo(0);
        Ticks();
        _scheduler.Start();
        Ticks("now@1");
    }

    [Fact]
    public void Work_due_in_the_past_runs_one_tick_later()
    {
        _scheduler.AdvanceTo(50);
        _scheduler.ScheduleAbsolute(10, () => Ran("past"));
        _scheduler.Schedule(TimeSpan.FromTicks(-5), () => Ran("negative"));
        _scheduler.Start();
        Ticks("past@51", "negative@51");
    }

    [Fact]
    public void Work_that_schedules_work_is_followed_by_it_one_tick_later()
    {
        _scheduler.ScheduleAbsolute(10, () =>
        {
            Ran("cause");
            _scheduler.Schedule(() => Ran("effect"));
        });
        _scheduler.ScheduleAbsolute(10, () => Ran("beside"));
        _scheduler.Start();
        Ticks("cause@10", "beside@10", "effect@11");
    }

    [Fact]
    public void Work_due_at_one_tick_runs_in_the_order_it_was_scheduled()
    {
        _scheduler.ScheduleAbsolute(20, () => Ran("late"));
        foreach (var name in (string[])["one", "two", "three", "four"])
            _scheduler.ScheduleAbsolute(10, () => Ran(name));
        _scheduler.ScheduleRelative(10, () => Ran("five"));
        _scheduler.Start();
        Ticks("one@10", "two@10", "three@10", "four@10", "five@10", "late@20");
    }

    [Fact]
    public void AdvanceTo_runs_what_is_due_until_then_and_stops_there()
    {
        foreach (var tick in (long[])[5, 10, 11]) _scheduler.ScheduleAbsolute(tick, () => Ran("x"));
        _scheduler.AdvanceTo(10);
        Ticks("x@5", "x@10");
        Assert.Equal(10, _scheduler.Clock);
        _scheduler.AdvanceBy(1);
        Ticks("x@11");
        Assert.Equal(11, _scheduler.Clock);
    }

    [Fact]
    public void AdvanceTo_the_past_is_refused()
    {
        _scheduler.AdvanceTo(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => _scheduler.AdvanceTo(9));
        Assert.Throws<ArgumentOutOfRangeException>(() => _scheduler.AdvanceBy(-1));
    }

    [Fact]
    public void Work_that_was_cancelled_does_not_run()
    {
        _scheduler.ScheduleAbsolute(10, () => Ran("cancelled")).Dispose();
        _scheduler.ScheduleAbsolute(20, () => Ran("kept"));
        _scheduler.Start();
        Ticks("kept@20");
    }

    [Fact]
    public void A_timer_fires_at_its_ticks()
    {
        using var timer = Observable
            .Timer(TimeSpan.FromTicks(10), TimeSpan.FromTicks(5), _scheduler)
            .Subscribe(n => Ran($"{n}"));
        _scheduler.AdvanceTo(20);
        Ticks("0@10", "1@15", "2@20");
    }

    [Fact]
    public void Start_creates_at_100_subscribes_at_200_and_disposes_at_1000()
    {
        var source = _scheduler.CreateHotObservable(
            OnNext(150, 1), OnNext(210, 2), OnNext(999, 3), OnNext(1001, 4));
        var observer = _scheduler.Start(() =>
        {
            Ran("create");
            return source;
        });
        Ticks("create@100");
        Assert.Equal([OnNext(210, 2), OnNext(999, 3)], observer.Messages);
        Assert.Equal([Subscribe(200, 1000)], source.Subscriptions);
    }

    [Fact]
    public void Start_can_be_told_its_ticks()
    {
        var source = _scheduler.CreateHotObservable(OnNext(5, 1), OnNext(15, 2), OnNext(25, 3));
        var observer = _scheduler.Start(() => source, 1, 10, 20);
        Assert.Equal([OnNext(15, 2)], observer.Messages);
        Assert.Equal([Subscribe(10, 20)], source.Subscriptions);
    }

    [Fact]
    public void Start_can_be_told_when_to_dispose()
    {
        var source = _scheduler.CreateHotObservable(OnNext(210, 1), OnNext(310, 2));
        var observer = _scheduler.Start(() => source, 300);
        Assert.Equal([OnNext(210, 1)], observer.Messages);
        Assert.Equal([Subscribe(200, 300)], source.Subscriptions);
    }

    [Fact]
    public void A_hot_line_at_the_tick_of_the_subscription_came_before_it()
    {
        var source = _scheduler.CreateHotObservable(OnNext(200, 1), OnNext(1000, 2));
        var observer = _scheduler.Start(() => source);
        Assert.Equal([OnNext(1000, 2)], observer.Messages);
    }

    [Fact]
    public void A_hot_observable_speaks_to_all_who_listen()
    {
        var source = _scheduler.CreateHotObservable(
            OnNext(10, "x"), OnNext(20, "y"), OnCompleted<string>(30));
        var (one, two) = (_scheduler.CreateObserver<string>(), _scheduler.CreateObserver<string>());
        source.Subscribe(one);
        _scheduler.ScheduleAbsolute(15, () => source.Subscribe(two));
        _scheduler.Start();
        Assert.Equal(
            [OnNext(10, "x"), OnNext(20, "y"), OnCompleted<string>(30)], one.Messages);
        Assert.Equal([OnNext(20, "y"), OnCompleted<string>(30)], two.Messages);
        Assert.Equal([Subscribe(0), Subscribe(15)], source.Subscriptions);
    }

    [Fact]
    public void A_cold_observable_begins_with_each_subscription()
    {
        var broken = new Broken("cold");
        var source = _scheduler.CreateColdObservable(
            OnNext(10, 1), OnNext(20, 2), OnError<int>(30, broken));
        var observer = _scheduler.Start(() => source.Select(x => x * 10));
        Assert.Equal(
            [OnNext(210, 10), OnNext(220, 20), OnError<int>(230, broken)], observer.Messages);
        Assert.Equal([Subscribe(200, 230)], source.Subscriptions);
        Assert.Equal(3, source.Messages.Count);
    }

    [Fact]
    public void A_cold_observable_falls_silent_when_left()
    {
        var source = _scheduler.CreateColdObservable(OnNext(10, 1), OnNext(20, 2), OnNext(30, 3));
        var observer = _scheduler.Start(() => source.Take(2));
        Assert.Equal(
            [OnNext(210, 1), OnNext(220, 2), OnCompleted<int>(220)], observer.Messages);
        Assert.Equal([Subscribe(200, 220)], source.Subscriptions);
    }

    [Fact]
    public void A_cold_line_at_0_comes_one_tick_after_the_subscription()
    {
        var source = _scheduler.CreateColdObservable(OnNext(0, 1));
        Assert.Equal([OnNext(201, 1)], _scheduler.Start(() => source).Messages);
    }

    [Fact]
    public void An_observer_writes_down_when_it_heard_what()
    {
        var observer = _scheduler.CreateObserver<int>();
        _scheduler.ScheduleAbsolute(7, () => observer.OnNext(1));
        _scheduler.ScheduleAbsolute(9, observer.OnCompleted);
        _scheduler.Start();
        Assert.Equal([OnNext(7, 1), OnCompleted<int>(9)], observer.Messages);
    }

    [Fact]
    public void Records_are_equal_when_tick_and_value_are()
    {
        Assert.True(new Recorded<int>(1, 2) == new Recorded<int>(1, 2));
        Assert.True(new Recorded<int>(1, 2) != new Recorded<int>(2, 2));
        Assert.Equal("2@1", new Recorded<int>(1, 2).ToString());
        Assert.True(Subscribe(1) == Subscribe(1, Subscription.Infinite));
        Assert.True(Subscribe(1) != Subscribe(2));
        Assert.Equal("(1, 2)", Subscribe(1, 2).ToString());
        Assert.Equal("(1, Infinite)", Subscribe(1).ToString());
    }

    void Ran(string name) => _ran.Add($"{name}@{_scheduler.Clock}");

    void Ticks(params string[] ran)
    {
        Assert.Equal(ran, _ran);
        _ran.Clear();
    }
}
