using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Balancer.Daemon.Settings;

/// <summary>The JSON schema of the configuration file (draft 2020-12), for editors and for
/// programs that write such files. What it allows may still not agree; see SettingRules.cs.
/// </summary>
internal static class SettingsSchema
{
    /// <summary>As text.</summary>
    public static string Text()
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new()
        {
            Indented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            Of(SettingsTable.All).WriteTo(writer);
        }
        return $"{Encoding.UTF8.GetString(bytes.ToArray())}\n";
    }

    private static JsonObject Of(IEnumerable<Setting> settings)
    {
        var properties = new JsonObject
        {
            [ConfigText.SchemaKey] = new JsonObject { ["type"] = "string" },
        };
        foreach (var setting in settings)
        {
            var schema = setting.Schema();
            schema.Insert(0, "description", SettingsPage.Sentence(setting));
            properties[setting.Key] = schema;
        }
        return new()
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "balancer --config",
            ["type"] = "object",
            ["properties"] = properties,
            ["additionalProperties"] = false,
        };
    }
}
