using System.Text.Json;

namespace Balancer.Compare.Running;

/// <summary>How many remotes the balancer knows, as it tells on SIGUSR1.</summary>
/// <param name="Remotes">All of them.</param>
/// <param name="OfBackend">By the last part of the socket's path.</param>
sealed record Statistics(long Remotes, IReadOnlyDictionary<string, long> OfBackend)
{
    static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(5);

    /// <exception cref="Unmeasurable">It does not tell.</exception>
    public static async Task<Statistics> Of(Child balancer, CancellationToken stop)
    {
        var before = balancer.Log.Length;
        balancer.Signal(Libc.SigUsr1);
        for (var left = ToldWithin; left > TimeSpan.Zero; left -= ToldWithin / 100)
        {
            await Task.Delay(ToldWithin / 100, stop);
            var lines = Lines(balancer.Log[before..]);
            var all = lines.Where(line => Says(line, "statistics")).ToList();
            var backends = lines.Where(line => Says(line, "backend statistics")).ToList();
            if (all is [var whole] && backends.Count == Stand.BackendCount)
                return new(Count(whole), backends.ToDictionary(
                    line => Path.GetFileName(line.GetProperty("be_path").GetString()!), Count));
        }
        throw new Unmeasurable("the balancer does not tell its statistics on SIGUSR1");
    }

    static long Count(JsonElement line) => line.GetProperty("remotes").GetInt64();

    static bool Says(JsonElement line, string message) =>
        line.GetProperty("msg").ValueEquals(message);

    // The last line may still be being written.
    static List<JsonElement> Lines(string log) =>
        [.. log.Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement)];
}
