using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Balancer.Daemon.Hooks;

/// <summary>A hook that is sent a POST with a JSON object.</summary>
internal static class PostHook
{
    private const int MostConnections = 4, LongestHead = 16;

    // Nothing behind our back: no proxy of the environment, no other address than the one given.
    private static readonly Lazy<HttpClient> Client = new(() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        MaxConnectionsPerServer = MostConnections,
        MaxResponseHeadersLength = LongestHead,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        // The deadline is the hook's.
        Timeout = Timeout.InfiniteTimeSpan,
    });

    /// <summary>Makes the call. Of the answer only the status is read: 2xx is well.</summary>
    public static async Task<string?> Post(
        Uri address, HookCall call, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new ByteArrayContent(BodyOf(call)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await Client.Value.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return response.IsSuccessStatusCode ? null : $"answered with {(int)response.StatusCode}";
    }

    /// <summary>What is sent: the same as a program finds in its environment.</summary>
    internal static byte[] BodyOf(HookCall call)
    {
        var e = call.Event;
        return JsonSerializer.SerializeToUtf8Bytes(
            new(HookEvent.Word(e.Kind), e.Backend == 0 ? null : e.Backend,
                e.Path.Length == 0 ? null : e.Path, e.Reason, e.Time, call.Suppressed),
            HookJson.Default.HookBody);
    }
}

/// <summary>The body of a call.</summary>
internal sealed record HookBody(
    string Event, int? Backend, string? Path, string Reason, DateTimeOffset Time, int Suppressed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HookBody))]
internal sealed partial class HookJson : JsonSerializerContext;
