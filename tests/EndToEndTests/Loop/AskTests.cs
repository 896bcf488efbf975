using System.Net;
using System.Reactive.Subjects;
using Balancer.Daemon;
using Balancer.Daemon.Sockets;
using Balancer.EndToEndTests.Support;
using Balancer.Rx;
using Xunit;

namespace Balancer.EndToEndTests.Loop;

/// <summary>Questions to a loop from other threads.</summary>
public sealed class AskTests
{
    [Fact]
    public async Task What_is_done_with_an_answer_is_done_on_another_thread_than_the_loops()
    {
        using var directory = new TestDirectory();
        using var stops = new Subject<TimeSpan?>();
        using var worker = new Worker(
            new()
            {
                Addresses = [IPAddress.Loopback],
                Port = FreePort.Take(),
                Core = BalancerOptions.Default with { SocketDirectory = directory.Path },
            },
            new LoopShare(0, 1), failed: _ => { });
        var serving = new TaskCompletionSource();
        var loop = new Thread(() => worker.Run(stops, serving.SetResult));
        loop.Start();
        await serving.Task.Within("the loop's begin");
        using var isAwaited = new ManualResetEventSlim();

        // The answer comes when somebody waits for it already.
        var asked = worker.Ask(
            () =>
            {
                isAwaited.Wait(TestContext.Current.CancellationToken);
                return Environment.CurrentManagedThreadId;
            },
            TestContext.Current.CancellationToken);
        var told = asked.ContinueWith(
            _ => Environment.CurrentManagedThreadId, CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        isAwaited.Set();

        Assert.Equal(loop.ManagedThreadId, await asked.Within("the answer"));
        Assert.NotEqual(loop.ManagedThreadId, await told.Within("what is done with it"));
        stops.OnNext(null);
        Assert.True(loop.Join(Deadline.Patience));
    }
}
