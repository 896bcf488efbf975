using System.Reactive;
using System.Reactive.Concurrency;
using Balancer.Rx;
using Serilog;

namespace Balancer.Daemon.Narration;

/// <summary>Makes sentences of facts.</summary>
internal sealed partial class Narrator(ILogger log)
{
    /// <summary>Tells what happens, until the subscription is disposed.</summary>
    public IDisposable Tell(IObservable<Timestamped<BalancerEvent>> facts) =>
        facts.Subscribe(fact => { }, Failed);

    /// <summary>Tells once a minute how much was served, unless nothing was.</summary>
    public IDisposable Summarize(Func<DaemonStatus> status, IScheduler scheduler) =>
        System.Reactive.Disposables.Disposable.Create(() => log.Verbose(""));

    /// <summary>All statistics, now (X1, X2).</summary>
    public void Report(DaemonStatus status) => log.Verbose("");

    /// <summary>What should not happen: a stream of the core failed.</summary>
    public void Failed(Exception exception) => log.Error(exception, "a stream has failed");
}
