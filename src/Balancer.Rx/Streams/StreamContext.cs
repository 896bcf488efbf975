using System.Reactive.Concurrency;

namespace Balancer.Rx.Streams;

/// <summary>What all connections of a loop share.</summary>
/// <param name="Connector">Opens connections to backends.</param>
/// <param name="Routes">Tells which backend.</param>
/// <param name="Options">Intervals and limits.</param>
/// <param name="Crowd">All that are open.</param>
/// <param name="Buffers">The loop's buffers.</param>
/// <param name="Facts">Told what happens to connections.</param>
/// <param name="Scheduler">Clock and timers; everything runs on it.</param>
internal sealed record StreamContext(
    IStreamConnector Connector,
    IStreamRoutes Routes,
    BalancerOptions Options,
    StreamCrowd Crowd,
    StreamBuffers Buffers,
    Action<BalancerEvent> Facts,
    IScheduler Scheduler)
{
    /// <summary>Intervals and limits, as they are now.</summary>
    public BalancerOptions Options { get; set; } = Options;
}
