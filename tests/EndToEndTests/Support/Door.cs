using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Balancer.EndToEndTests.Support;

/// <summary>A client of a daemon's control socket.</summary>
internal sealed class Door(string path) : IDisposable
{
    readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(
                AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new("http://balancer/"),
    };

    public string Path => path;

    public HttpClient Http => _http;

    public async Task<(HttpStatusCode Status, string Body)> Get(string target) =>
        await Read(await _http.GetAsync(target));

    public async Task<(HttpStatusCode Status, string Body)> Post(string target) =>
        await Read(await _http.PostAsync(target, content: null));

    /// <summary>The answer, which must be a good one.</summary>
    public async Task<JsonElement> Json(string target)
    {
        var (status, body) = await Get(target);
        return status == HttpStatusCode.OK
            ? JsonDocument.Parse(body).RootElement
            : throw new InvalidOperationException($"{target}: {status} {body}");
    }

    /// <summary>The sentence with which a request is refused.</summary>
    public static string ErrorOf(string body) =>
        JsonDocument.Parse(body).RootElement.GetProperty("error").GetString()!;

    public void Dispose() => _http.Dispose();

    static async Task<(HttpStatusCode, string)> Read(HttpResponseMessage response)
    {
        using (response)
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
