using System.Text.Json;
using Spectre.Console;

namespace Balancer.Daemon.Verbs;

/// <summary>What the daemon said, part by part. What it left out is null, empty or zero.</summary>
internal static class Json
{
    /// <summary>The part of this name; undefined if there is none.</summary>
    public static JsonElement In(this JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var part)
            ? part
            : default;

    /// <summary>Whether it was said at all.</summary>
    public static bool IsThere(this JsonElement of, string name) =>
        of.In(name).ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    /// <summary>As text.</summary>
    public static string Text(this JsonElement of, string name) =>
        of.IsThere(name) ? of.In(name).ToString() : "";

    /// <summary>As a number.</summary>
    public static long Number(this JsonElement of, string name) =>
        of.IsThere(name) ? of.In(name).GetInt64() : 0;

    /// <summary>As a time.</summary>
    public static DateTimeOffset? Time(this JsonElement of, string name) =>
        of.IsThere(name) ? of.In(name).GetDateTimeOffset() : null;

    /// <summary>As milliseconds; null if there are none.</summary>
    public static double? Milliseconds(this JsonElement of, string name) =>
        of.IsThere(name) ? of.In(name).GetDouble() : null;

    /// <summary>The parts of a list.</summary>
    public static IEnumerable<JsonElement> Each(this JsonElement of, string name) =>
        of.IsThere(name) ? of.In(name).EnumerateArray() : [];

    /// <summary>A cell of this count.</summary>
    public static Cell Count(this JsonElement of, string name) => of.Number(name);

    /// <summary>A cell of these milliseconds.</summary>
    public static Cell Duration(this JsonElement of, string name) =>
        Cell.Of(Shown.Milliseconds(of.Milliseconds(name)));
}
