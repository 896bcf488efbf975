using Balancer.Rx.Directory;

namespace Balancer.Rx.Backends;

/// <summary>What a <see cref="BackendSession"/> knows: enough to go on from there.</summary>
/// <param name="Backend">Whose it is.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Machine">What decided that.</param>
/// <param name="File">The file that the directory showed last; null: none so far.</param>
/// <param name="IsGone">Whether it shows none now.</param>
/// <param name="Probes">How many probes this session has been asked.</param>
/// <param name="AwaitsProbe">Whether the answer to the last one is awaited.</param>
internal sealed record SessionMemory(
    Backend Backend, Session State, MachineMemory Machine, long? File, bool IsGone, int Probes,
    bool AwaitsProbe);

/// <summary>What a <see cref="SessionMachine"/> knows beside the state.</summary>
/// <param name="LotsDrawn">How many lots have been drawn for the back-off.</param>
/// <param name="Failures">When it has failed lately.</param>
internal sealed record MachineMemory(int LotsDrawn, FailuresMemory Failures);

/// <summary>What <see cref="Backends.Failures"/> knows.</summary>
/// <param name="Lately">The last few, the oldest first.</param>
/// <param name="InARow">How many came too soon after the others.</param>
/// <param name="Any">Whether there was any at all.</param>
internal sealed record FailuresMemory(
    IReadOnlyList<DateTimeOffset> Lately, int InARow, bool Any);
