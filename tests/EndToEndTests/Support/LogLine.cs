using System.Text.Json;

namespace Balancer.EndToEndTests.Support;

/// <summary>A line of the daemon's log, as bunyan writes it.</summary>
internal sealed record LogLine(string Raw, string Message, int Level, JsonElement Fields)
{
    /// <summary>Reads a line; one that bunyan did not write has no message and level 0.</summary>
    public static LogLine Read(string raw)
    {
        try
        {
            var fields = JsonDocument.Parse(raw).RootElement;
            return new(
                raw, fields.GetProperty("msg").GetString()!,
                fields.GetProperty("level").GetInt32(), fields);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            return new(raw, "", 0, JsonDocument.Parse("{}").RootElement);
        }
    }

    /// <summary>A field as text, whatever its type; null if there is none.</summary>
    public string? this[string field] =>
        Fields.TryGetProperty(field, out var value) ? value.ToString() : null;

    public DateTimeOffset Time => Fields.GetProperty("time").GetDateTimeOffset();

    public override string ToString() => Raw;
}
