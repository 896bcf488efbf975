using System.Reactive.Concurrency;
using Balancer.Daemon.Loop;
using Xunit;

namespace Balancer.EndToEndTests.Loop;

public sealed class ClockTests : IDisposable
{
    readonly TestLoop _test = new();

    public void Dispose() => _test.Dispose();

    EventLoop Loop => _test.Loop;

    [Fact]
    public void Now_is_never_stale_by_the_time_the_loop_was_blocked() => _test.Run(() =>
        new Thread(() =>
        {
            SpinPast(Loop.Now + TimeSpan.FromMilliseconds(5));
            var posted = Loop.Now;
            Loop.Schedule(() =>
            {
                Assert.True(Loop.Now >= posted);
                Loop.Stop();
            });
        }).Start());

    [Fact]
    public void The_clock_stands_still_within_a_turn_and_moves_between_turns() => _test.Run(() =>
    {
        var (began, ticks) = (Loop.Now, Loop.NowTicks);
        TestLoop.Elsewhere(() => SpinPast(began + TimeSpan.FromMilliseconds(1)));
        Assert.Equal((began, ticks), (Loop.Now, Loop.NowTicks));
        Loop.Schedule(() =>
        {
            Assert.True(Loop.Now > began + TimeSpan.FromMilliseconds(1));
            Assert.Equal(Loop.Now - began, TimeSpan.FromTicks(Loop.NowTicks - ticks));
            Loop.Stop();
        });
    });

    [Fact]
    public void Beats_missed_while_the_loop_was_busy_are_not_made_up_for()
    {
        var period = TimeSpan.FromMilliseconds(2);
        var beats = new List<long>();
        _test.Run(() => Loop.SchedulePeriodic(0, period, n =>
        {
            beats.Add(Loop.NowTicks);
            if (n == 0) TestLoop.Elsewhere(() => SpinPast(Loop.Now + 10 * period));
            if (n == 3) Loop.Stop();
            return n + 1;
        }));
        Assert.True(beats[1] - beats[0] > 10 * period.Ticks);
        Assert.True(beats[2] - beats[1] >= period.Ticks, "one beat is late, the next is not");
    }

    [Fact]
    public void A_beat_that_throws_is_reported_and_the_next_one_comes()
    {
        var bug = new InvalidOperationException("a bug");
        var beats = 0;
        var beat = Loop.SchedulePeriodic(0, TimeSpan.FromMilliseconds(1), _ =>
        {
            if (++beats == 1) throw bug;
            Loop.Stop();
            return 0;
        });
        _test.RunUntilStopped();
        beat.Dispose();
        _test.StopAfter(1);
        _test.RunUntilStopped();
        Assert.Equal([bug], _test.Failures);
        Assert.Equal(0, Loop.TimerCount);
    }

    [Fact]
    public void A_beat_that_cancels_itself_was_the_last() => _test.Run(() =>
    {
        IDisposable? beat = null;
        beat = Loop.SchedulePeriodic(0, TimeSpan.FromMilliseconds(1), _ =>
        {
            beat!.Dispose();
            Assert.Equal(0, Loop.TimerCount);
            Loop.Stop();
            return 0;
        });
    });

    /// <summary>Waits by the clock itself, on a thread where that does not stand still.</summary>
    void SpinPast(DateTimeOffset time) => SpinWait.SpinUntil(() => Loop.Now > time);
}
