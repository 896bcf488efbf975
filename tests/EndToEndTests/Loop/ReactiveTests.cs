using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Daemon.Loop;
using Xunit;

namespace Balancer.EndToEndTests.Loop;

/// <summary>The loop as the scheduler it claims to be: what Rx builds on it runs on its thread.
/// </summary>
public sealed class ReactiveTests : IDisposable
{
    static readonly TimeSpan Short = TimeSpan.FromMilliseconds(1);

    readonly TestLoop _test = new();
    readonly List<string> _heard = [];

    public void Dispose() => _test.Dispose();

    EventLoop Loop => _test.Loop;

    [Fact]
    public void A_timer_fires_once()
    {
        Hear(Observable.Timer(Short, Loop));
        Assert.Equal(["0", "end"], _heard);
    }

    [Fact]
    public void An_interval_goes_on()
    {
        Hear(Observable.Interval(Short, Loop).Take(3));
        Assert.Equal(["0", "1", "2", "end"], _heard);
        Assert.Equal(0, Loop.TimerCount);
    }

    [Fact]
    public void A_timer_with_a_period_goes_on()
    {
        Hear(Observable.Timer(TimeSpan.Zero, Short, Loop).Take(3));
        Assert.Equal(["0", "1", "2", "end"], _heard);
    }

    [Fact]
    public void A_throttled_burst_is_its_last_item()
    {
        var burst = new Subject<int>();
        Loop.Schedule(() =>
        {
            for (var i = 0; i < 1000; i++) burst.OnNext(i);
        });
        Hear(burst.Throttle(Short, Loop).Take(1));
        Assert.Equal(["999", "end"], _heard);
        Assert.Equal(0, Loop.TimerCount);
    }

    [Fact]
    public void A_timeout_is_an_error_and_not_a_failure_of_the_loop()
    {
        Hear(Observable.Never<int>().Timeout(Short, Loop));
        Assert.Equal([nameof(TimeoutException)], _heard);
    }

    [Fact]
    public void Delayed_and_recursive_streams_keep_their_order()
    {
        Hear(Observable.Range(0, 5, Loop).Delay(Short, Loop));
        Assert.Equal(["0", "1", "2", "3", "4", "end"], _heard);
    }

    [Fact]
    public void Another_threads_stream_is_observed_on_the_loop()
    {
        var items = new Subject<int>();
        Loop.Schedule(() => new Thread(() =>
        {
            for (var i = 0; i < 3; i++) items.OnNext(i);
            items.OnCompleted();
        }).Start());
        Hear(items.ObserveOn(Loop));
        Assert.Equal(["0", "1", "2", "end"], _heard);
    }

    /// <summary>Subscribes on the loop, and runs it until the stream has ended.</summary>
    void Hear<T>(IObservable<T> stream)
    {
        var own = Environment.CurrentManagedThreadId;
        stream.Finally(Loop.Stop).Subscribe(
            item => Write($"{item}"), error => Write(error.GetType().Name), () => Write("end"));
        _test.Run(() => { });

        void Write(string what)
        {
            Assert.Equal(own, Environment.CurrentManagedThreadId);
            _heard.Add(what);
        }
    }
}
