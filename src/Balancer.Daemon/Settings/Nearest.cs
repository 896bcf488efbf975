namespace Balancer.Daemon.Settings;

/// <summary>Who may have been meant by a name that nobody has.</summary>
internal static class Nearest
{
    private const int MostLength = 64;

    /// <summary>The nearest of these; null: none is near.</summary>
    public static string? To(string name, IEnumerable<string> names) =>
        name.Length > MostLength ? null : names
            .Select(other => (Name: other, Distance: Between(Plain(name), Plain(other))))
            .Where(other => other.Distance <= Math.Max(2, name.Length / 3))
            .OrderBy(other => other.Distance)
            .Select(other => other.Name)
            .FirstOrDefault();

    // As a flag or as a word of another shape it is the same name.
    private static string Plain(string name) =>
        string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    // How many letters must be added, removed or exchanged (Levenshtein's distance).
    private static int Between(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 0; i < one.Length; i++)
        {
            var before = row[0]++;
            for (var j = 0; j < other.Length; j++)
            {
                var exchanged = before + (one[i] == other[j] ? 0 : 1);
                before = row[j + 1];
                row[j + 1] = Math.Min(exchanged, Math.Min(row[j], row[j + 1]) + 1);
            }
        }
        return row[^1];
    }
}
