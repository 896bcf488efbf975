using Balancer.Rx;

namespace Balancer.Daemon.Control;

/// <summary>
/// The backends' numbers over all loops. Each loop gives a socket whose name is no number the next
/// free one, so loops may differ: people are told the first loop's, as in the status, and what they
/// name is looked up by its path in every other.
/// </summary>
internal sealed class BackendNames
{
    private readonly Dictionary<BackendId, string>[] _paths;
    private readonly Dictionary<string, int> _told = [];

    private BackendNames(Dictionary<BackendId, string>[] paths)
    {
        _paths = paths;
        foreach (var (id, path) in paths.SelectMany(loop => loop))
            _told.TryAdd(path, id.Value);
    }

    /// <summary>As they are now.</summary>
    public static async Task<BackendNames> Ask(DoorContext door, CancellationToken cancellation) =>
        new(await door.AskAll(
            worker => worker.Plane.Backends.Items.ToDictionary(
                backend => backend.Id, backend => backend.Path),
            cancellation));

    /// <summary>All of them, ascending.</summary>
    public IEnumerable<int> All => _told.Values.Order();

    /// <summary>The number by which people know this backend of a loop.</summary>
    public int Told(int loop, BackendId id) =>
        _paths[loop].TryGetValue(id, out var path) ? _told[path] : id.Value;

    /// <summary>What this loop calls the backend that people know by this number; null: that loop
    /// does not know it.</summary>
    public BackendId? In(int loop, int told)
    {
        var path = _told.FirstOrDefault(name => name.Value == told).Key;
        foreach (var (id, its) in _paths[loop])
        {
            if (its == path)
                return id;
        }
        return null;
    }

    /// <summary>The number that was named, which must be one; throws
    /// <see cref="RefusedException"/>.</summary>
    public int Named(string text)
    {
        if (int.TryParse(text, out var number) && _told.ContainsValue(number))
            return number;
        var there = _told.Count == 0 ? "there is none" : $"there are: {string.Join(", ", All)}";
        throw RefusedException.NotFound($"no backend {Reply.Shown(text)}; {there}");
    }
}
