using System.Reactive;
using Balancer.Rx;

namespace Balancer.Daemon.Control.Taps;

/// <summary>A fact on its way from a loop to a reader, not yet put into words.</summary>
/// <param name="Loop">The loop it comes from.</param>
/// <param name="At">When, in UTC ticks.</param>
/// <param name="Fields">What a filter has looked at.</param>
/// <param name="Event">The event, if it is one of the control plane.</param>
internal readonly record struct CaughtFact(
    int Loop, long At, FactFields Fields, BalancerEvent? Event)
{
    /// <summary>As readers see it.</summary>
    public FactView View => Event is { } fact
        ? FactView.Of(Loop, new Timestamped<BalancerEvent>(fact, new(At, TimeSpan.Zero)))
        : FactView.Of(Loop, new DateTime(At, DateTimeKind.Utc), Fields);
}
