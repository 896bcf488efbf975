namespace Balancer.Fuzz;

/// <summary>Real traffic, kept in Corpus/: what the inputs are mutations of.</summary>
internal static class Corpus
{
    /// <summary>DNS queries over UDP.</summary>
    public static byte[][] Queries { get; } = Hex("queries.hex");

    /// <summary>What clients say first over TCP.</summary>
    public static byte[][] Openings { get; } = Hex("openings.hex");

    /// <summary>What backends say, read by read.</summary>
    public static byte[][] FromBackend { get; } = Hex("from-backend.hex");

    /// <summary>Lists of arguments.</summary>
    public static string[][] CommandLines { get; } =
        [.. Lines("command-lines.txt").Select(line => line.Split(' '))];

    private static byte[][] Hex(string file) =>
        [.. Lines(file).Select(line => Convert.FromHexString(line.Split(' ')[1]))];

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(
            typeof(Corpus).Assembly.GetManifestResourceStream(file)!);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
                yield return line;
        }
    }
}
