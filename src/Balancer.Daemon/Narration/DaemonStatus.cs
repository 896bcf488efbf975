using Balancer.Rx;

namespace Balancer.Daemon.Narration;

/// <summary>How the balancer stands: copies of numbers, taken on the loop.</summary>
internal sealed record DaemonStatus
{
}

/// <summary>Takes a status of a control plane.</summary>
internal sealed class StatusSource(ControlPlane plane, Logs logs) : IDisposable
{
    /// <summary>The status at this moment; to be called on the loop.</summary>
    public DaemonStatus Now() => plane is null || logs is null ? null! : new();

    /// <inheritdoc/>
    public void Dispose() { }
}
