namespace Balancer.Rx.Directory;

/// <summary>A backend as the directory shows it: a number and the path of its socket.</summary>
/// <param name="Id">Its number (B2).</param>
/// <param name="Path">The directory as it was given, a slash, the file name (C5, B2).</param>
public sealed record Backend(BackendId Id, string Path);

/// <summary>A backend whose socket is there now.</summary>
/// <param name="Backend">Which one.</param>
/// <param name="Incarnation">Which file of that name.</param>
public readonly record struct ListedBackend(Backend Backend, long Incarnation);

/// <summary>What the directory held at one listing.</summary>
public sealed record Census
{
    /// <summary>Before the first listing.</summary>
    public static Census Empty { get; } = new();

    /// <summary>The backends whose sockets are there, by number.</summary>
    public IReadOnlyList<ListedBackend> Listed { get; init; } = [];

    /// <summary>Every backend whose number is still remembered, there or not.</summary>
    public IReadOnlyDictionary<BackendId, Backend> Remembered { get; init; } =
        new Dictionary<BackendId, Backend>();

    /// <summary>
    /// Whether the directory could be read; if not, this is what it held when it last could.
    /// </summary>
    public bool WasRead { get; init; }

    /// <summary>What was new about this listing.</summary>
    public IReadOnlyList<BalancerEvent> Facts { get; init; } = [];

    /// <summary>
    /// The backends that exist: those listed, and those whose session still holds on although the
    /// socket file is gone (B8).
    /// </summary>
    public IEnumerable<Backend> Known(IReadOnlySet<BackendId> holding) => Listed
        .Select(listed => listed.Backend)
        .Concat(holding.Order().Where(Remembered.ContainsKey).Select(id => Remembered[id]))
        .DistinctBy(backend => backend.Id);

    /// <summary>
    /// The file that this backend's name stands for now; null while there is none.
    /// </summary>
    public long? IncarnationOf(BackendId id)
    {
        foreach (var listed in Listed)
        {
            if (listed.Backend.Id == id)
                return listed.Incarnation;
        }
        return null;
    }
}
