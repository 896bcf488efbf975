// THE PAGE: one file in the binary, for a browser: page.html beside this file. It reads /live and
// /tap and nothing else, and gives no orders.
//
// Its own script and its own style are the only ones that run in it, by their hashes: what a
// backend's name or a fact's text might bring along is shown and never run. Nothing is asked of any
// other host, and no other page may frame it.

using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Balancer.Daemon.Control;

/// <summary><c>GET /</c></summary>
internal static class PageEndpoints
{
    private const string Resource = "page.html";

    private static readonly string Html = Read();

    private static readonly string Policy = string.Join("; ",
        "default-src 'none'",
        $"script-src '{HashOf("script")}'",
        $"style-src '{HashOf("style")}'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'");

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/", Page);

    private static Task Page(HttpContext http)
    {
        Reply.Parameters(http);
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-cache";
        return Reply.Text(http, Html, "text/html");
    }

    private static string Read()
    {
        using var stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    // Of what stands between the first such tag and its end.
    private static string HashOf(string tag)
    {
        var start = Html.IndexOf($"<{tag}>", StringComparison.Ordinal) + tag.Length + 2;
        var end = Html.IndexOf($"</{tag}>", start, StringComparison.Ordinal);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Html[start..end]));
        return $"sha256-{Convert.ToBase64String(hash)}";
    }
}
