using System.Reactive.Concurrency;
using Balancer.Daemon.Loop;
using Balancer.Daemon.Native;
using Balancer.EndToEndTests.Native;
using Xunit;

namespace Balancer.EndToEndTests.Loop;

/// <summary>A loop that runs on the test's own thread and is expected to be stopped by what runs
/// on it; real descriptors to go with it.</summary>
sealed class TestLoop : IDisposable
{
    // Only ever used up by a bug: how long a test may hang before it fails.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    bool _endsAtFailure;

    public TestLoop() => Loop = new EventLoop(Failed);

    public EventLoop Loop { get; }
    public List<Exception> Failures { get; } = [];
    public Scratch Scratch { get; } = new();

    public void RunUntilStopped()
    {
        using var giveUp = new CancellationTokenSource(Patience);
        Loop.Run(giveUp.Token);
        Assert.False(giveUp.IsCancellationRequested, "nothing has stopped the loop");
    }

    /// <summary>Runs this on the loop, and then whatever it causes until the loop is stopped; no
    /// failure is expected.</summary>
    public void Run(Action first)
    {
        _endsAtFailure = true;
        Loop.Schedule(first);
        RunUntilStopped();
        Assert.Empty(Failures);
    }

    /// <summary>Runs this on the loop, finishes as many more turns, and stops.</summary>
    public void RunTurns(int turns, Action first) => Run(() =>
    {
        first();
        StopAfter(turns);
    });

    public void StopAfter(int turns)
    {
        if (turns == 0) Loop.Stop();
        else Loop.Schedule(() => StopAfter(turns - 1));
    }

    public LoopRegistration Add(int fd, EpollEvents interest, Action<EpollEvents> served) =>
        Loop.Add(fd, interest, new Source(served));

    /// <summary>Does this on a thread of its own and waits for its end.</summary>
    public static void Elsewhere(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Record.Exception(action));
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    void Failed(Exception failure)
    {
        Failures.Add(failure);
        if (_endsAtFailure) Loop.Stop();
    }

    public void Dispose()
    {
        Loop.Dispose();
        Scratch.Dispose();
    }

    sealed class Source(Action<EpollEvents> served) : ILoopSource
    {
        public void Ready(EpollEvents events) => served(events);
    }
}
