using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Balancer.Daemon.Control;
using Balancer.Daemon.Native;

namespace Balancer.Daemon.Verbs;

/// <summary>Why a verb could not do what it was asked to: a sentence and an exit code.</summary>
internal sealed class VerbException(int exitCode, string sentence) : Exception(sentence)
{
    /// <summary>The daemon refused: the sentence is its own.</summary>
    public const int Refused = 2;

    /// <summary>No daemon listens, or it has gone while it was listened to.</summary>
    public const int NobodyThere = 3;

    /// <summary>For the shell.</summary>
    public int ExitCode => exitCode;
}

/// <summary>A client of the control socket of a running daemon.</summary>
internal sealed class DoorClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _path;

    private DoorClient(string path)
    {
        _path = path;
        _http = new(new SocketsHttpHandler { ConnectCallback = Connect })
        {
            BaseAddress = new("http://balancer/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>
    /// The daemon at the path given, or at that of BALANCER_CONTROL, or else the first of the usual
    /// places where there is a socket. Throws <see cref="VerbException"/> where there is none.
    /// </summary>
    public static DoorClient Find(string? path, Func<string, string?> environment)
    {
        if (path is { Length: > 0 })
            return new(path);
        if (environment("BALANCER_CONTROL") is { Length: > 0 } named)
            return new(named);
        string[] usual =
            [DoorPaths.Default, DoorPaths.OfUser(environment, LibC.GetEffectiveUid())];
        return Array.Find(usual, File.Exists) is { } found
            ? new(found)
            : throw new VerbException(
                VerbException.NobodyThere,
                $"no control socket at {string.Join(" or ", usual)}; "
                + "is a daemon running? --control names another place");
    }

    /// <summary>The body of a good answer.</summary>
    public async Task<string> Text(string target, CancellationToken cancellation)
    {
        using var response = await Ask(HttpMethod.Get, target, cancellation);
        return await response.Content.ReadAsStringAsync(cancellation);
    }

    /// <summary>The same, as JSON.</summary>
    public async Task<JsonElement> Json(string target, CancellationToken cancellation)
    {
        using var document = JsonDocument.Parse(await Text(target, cancellation));
        return document.RootElement.Clone();
    }

    /// <summary>The body of a good answer, as it comes.</summary>
    public async Task CopyTo(Stream to, string target, CancellationToken cancellation)
    {
        using var response = await Ask(HttpMethod.Get, target, cancellation);
        await response.Content.CopyToAsync(to, cancellation);
    }

    /// <summary>The lines of an answer, as they come.</summary>
    public async IAsyncEnumerable<string> Lines(
        HttpMethod method, string target,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var response = await Ask(method, target, cancellation);
        using var reader = new StreamReader(
            await response.Content.ReadAsStreamAsync(cancellation));
        while (await Next(reader, cancellation) is { } line)
            yield return line;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<string?> Next(StreamReader reader, CancellationToken cancellation)
    {
        try
        {
            return await reader.ReadLineAsync(cancellation);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new VerbException(
                VerbException.NobodyThere, $"the daemon at {_path} has ended");
        }
    }

    private async Task<HttpResponseMessage> Ask(
        HttpMethod method, string target, CancellationToken cancellation)
    {
        try
        {
            var response = await _http.SendAsync(
                new(method, target), HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw new VerbException(VerbException.Refused, await WhyNot(response));
        }
        catch (HttpRequestException e)
        {
            throw new VerbException(VerbException.NobodyThere, e.InnerException switch
            {
                SocketException { SocketErrorCode: SocketError.AccessDenied } =>
                    $"{_path}: permission denied; it is its owner's alone",
                SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                    $"{_path}: nobody listens there; the daemon has ended",
                SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
                    $"{_path}: no such socket; is a daemon running?",
                SocketException other => $"{_path}: {other.Message}",
                _ => $"{_path}: no answer; too many are there already, or it is no daemon",
            });
        }
    }

    private static async Task<string> WhyNot(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.GetProperty("error").GetString() ?? body;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            // Not ours: something else listens there.
            return $"{(int)response.StatusCode} {response.ReasonPhrase}";
        }
    }

    private async ValueTask<Stream> Connect(
        SocketsHttpConnectionContext _, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
