using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Balancer.Daemon.Control;

/// <summary>What was wrong with a request: a status, and one sentence that names the culprit.
/// </summary>
internal sealed class RefusedException(int status, string sentence) : Exception(sentence)
{
    /// <summary>4xx, or 503 while stopping.</summary>
    public int Status => status;

    /// <summary>The request itself is wrong.</summary>
    public static RefusedException Bad(string sentence) =>
        new(StatusCodes.Status400BadRequest, sentence);

    /// <summary>What it names is not there.</summary>
    public static RefusedException NotFound(string sentence) =>
        new(StatusCodes.Status404NotFound, sentence);
}

/// <summary>Answers of the door.</summary>
internal static class Reply
{
    private const string JsonType = "application/json; charset=utf-8";

    // Quotation marks are read by people here, never pasted into a page.
    private static readonly ReplyJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>One JSON value and a newline, so that a terminal shows it well.</summary>
    public static async Task Json<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        http.Response.ContentType = JsonType;
        await JsonSerializer.SerializeAsync(
            http.Response.Body, value, type, http.RequestAborted);
        await http.Response.WriteAsync("\n", http.RequestAborted);
    }

    /// <summary>A text.</summary>
    public static Task Text(HttpContext http, string text, string type = "text/plain")
    {
        http.Response.ContentType = $"{type}; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>Why not.</summary>
    public static Task Refusal(HttpContext http, int status, string sentence)
    {
        http.Response.StatusCode = status;
        return Json(http, new(sentence), Readable.RefusalView);
    }

    /// <summary>
    /// The query parameters, each at most once and none but these; throws
    /// <see cref="RefusedException"/>.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Parameters(
        HttpContext http, params string[] known)
    {
        var found = new Dictionary<string, string>();
        foreach (var (name, values) in http.Request.Query)
        {
            if (!known.Contains(name))
                throw RefusedException.Bad(
                    $"unknown parameter \"{Shown(name)}\"; {ThereAre(known)}");
            if (values is not [{ } value])
                throw RefusedException.Bad($"{name}: given more than once");
            found[name] = value;
        }
        return found;
    }

    /// <summary>What a client sent, fit to be shown: short, and without control characters.
    /// </summary>
    public static string Shown(string text)
    {
        const int most = 60;
        var shown = string.Concat(text.Take(most).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length > most ? $"{shown}…" : shown;
    }

    private static string ThereAre(string[] known) => known.Length == 0
        ? "none is taken here"
        : $"there are: {string.Join(", ", known)}";
}

/// <summary>A refusal as JSON.</summary>
internal sealed record RefusalView(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RefusalView))]
internal sealed partial class ReplyJson : JsonSerializerContext;
