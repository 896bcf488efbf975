namespace Balancer.Rx.Directory;

/// <summary>What a <see cref="CensusTaker"/> knows: enough to go on from there.</summary>
/// <param name="Names">The names that keep their numbers.</param>
/// <param name="Ignored">What was told to be no backend, so is not told again.</param>
/// <param name="IsUnreadable">Whether it was told that the directory cannot be read.</param>
/// <param name="Listed">The backends of the last census.</param>
/// <param name="WasRead">Whether the directory could be read for it.</param>
internal sealed record CensusMemory(
    IReadOnlyList<(string Name, Backend Backend)> Names,
    IReadOnlyList<BalancerEvent.EntryIgnored> Ignored,
    bool IsUnreadable,
    IReadOnlyList<ListedBackend> Listed,
    bool WasRead);
