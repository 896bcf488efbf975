using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Balancer.Daemon.Control;

/// <summary>How JSON with sentences in it is written: for people to read, so that an apostrophe is
/// one; what does not apply is left out.</summary>
internal static class Readable
{
    /// <summary>A context takes its options for itself, so each needs its own.</summary>
    public static JsonSerializerOptions Options(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
    };
}
