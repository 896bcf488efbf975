namespace Balancer.Rx;

/// <summary>How many of its remotes a live backend is given now.</summary>
/// <param name="Id">Which backend.</param>
/// <param name="Parts">
/// 0 to <see cref="Whole"/>: none (others serve them, if there are any), some, all.
/// </param>
public readonly record struct BackendShare(BackendId Id, int Parts)
{
    /// <summary>All of its remotes.</summary>
    public const int Whole = 16;
}
