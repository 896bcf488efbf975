using Balancer.Rx.Backends;
using Balancer.Rx.Directory;
using Balancer.Rx.Remotes;

namespace Balancer.Rx.Recording;

/// <summary>All that a control plane knows: enough for another one to go on from there.</summary>
/// <param name="Census">Of the directory.</param>
/// <param name="Drained">What operators have ordered.</param>
/// <param name="Sessions">Of the backends, in the order in which they were made.</param>
/// <param name="Remotes">Of the clients.</param>
/// <param name="IsEmptinessTold">It was told that nothing carries, and is not told again yet.
/// </param>
internal sealed record ControlMemory(
    CensusMemory Census,
    IReadOnlyList<BackendId> Drained,
    IReadOnlyList<SessionMemory> Sessions,
    RemotesMemory Remotes,
    bool IsEmptinessTold)
{
    /// <summary>The backends that exist.</summary>
    public IEnumerable<Backend> Backends => Sessions.Select(session => session.Backend);
}
