using System.Globalization;
using System.Text.Json;

namespace Balancer.Daemon.Narration;

/// <summary>How values look in the fields of a log line.</summary>
internal static class Field
{
    /// <summary>A kind, in the original's manner: <c>NoBackend</c> is no_backend.</summary>
    public static string Of<T>(T kind) where T : struct, Enum =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    /// <summary>A time, to the second.</summary>
    public static string Of(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
