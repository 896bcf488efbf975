using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Threading.Tasks;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Supervision;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Supervision;

/// <summary>The watchdog is fed by all loops or not at all.</summary>
public sealed class WatchdogTests
{
    static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_loop_that_is_stuck_starves_it_and_one_that_goes_on_feeds_it_again(int stuck)
    {
        using var loops = new TwoLoops();
        using var goOn = new ManualResetEventSlim();
        using var isStuck = new ManualResetEventSlim();
        using var fed = new SemaphoreSlim(0);
        var clock = new HistoricalScheduler();
        using var feeding = Watchdog
            .Feeds([.. loops.All.Select(AnswerOf)], Every, clock)
            .Subscribe(_ => fed.Release());
        var cancelled = TestContext.Current.CancellationToken;
        Assert.True(await fed.WaitAsync(Deadline.Patience, cancelled));
        await loops.Rest();

        loops.All[stuck].Schedule(() =>
        {
            isStuck.Set();
            goOn.Wait(cancelled);
        });
        isStuck.Wait(cancelled);
        clock.AdvanceBy(Every);
        // The other has answered; for however long, that does not help.
        await AnswersOf(loops.All[1 - stuck]);
        clock.AdvanceBy(Every * 10);
        await AnswersOf(loops.All[1 - stuck]);
        Assert.Equal(0, fed.CurrentCount);

        goOn.Set();
        Assert.True(await fed.WaitAsync(Deadline.Patience, cancelled));
        await loops.Rest();
        clock.AdvanceBy(Every);
        Assert.True(await fed.WaitAsync(Deadline.Patience, cancelled));
    }

    static IObservable<Unit> AnswerOf(IScheduler loop) =>
        Observable.Defer(() => Observable.Start(() => Unit.Default, loop));

    // Whoever waits goes on elsewhere than on the loop.
    static Task<Unit> AnswersOf(IScheduler loop) =>
        AnswerOf(loop).ToTask(TaskPoolScheduler.Default);

    sealed class TwoLoops : IDisposable
    {
        readonly EventLoop[] _loops = [new(Fail), new(Fail)];
        readonly Task[] _running;

        public TwoLoops() => _running =
        [
            .. _loops.Select(loop => Task.Factory.StartNew(
                () => loop.Run(), TaskCreationOptions.LongRunning)),
        ];

        public EventLoop[] All => _loops;

        // The loops have done with what they have answered, and a timer waits.
        public async Task Rest()
        {
            foreach (var loop in _loops)
                await AnswersOf(loop);
        }

        public void Dispose()
        {
            foreach (var loop in _loops)
                loop.Stop();
            Task.WaitAll(_running);
            foreach (var loop in _loops)
                loop.Dispose();
        }

        static void Fail(Exception e) => Assert.Fail($"{e}");
    }
}
