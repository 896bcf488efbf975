using Microsoft.Playwright;
using Xunit;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// A browser without a window: Chromium as the system has it, driven by Playwright, with an empty
/// profile. Without one the tests that need it are reported as not run, with the reason; where
/// CI=true stands in the environment that is a failure.
/// </summary>
internal sealed class Chromium : IAsyncDisposable
{
    static readonly string[] Names =
        ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

    // What a browser would do besides what it is told, and what a machine without a screen lacks.
    static readonly string[] Arguments =
    [
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    readonly IPlaywright _playwright;
    readonly IBrowser _browser;

    Chromium(IPlaywright playwright, IBrowser browser) =>
        (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> Start()
    {
        var path = Require();
        Assertions.SetDefaultExpectTimeout((float)Deadline.Patience.TotalMilliseconds);
        var playwright = await Playwright.CreateAsync();
        return new(playwright, await playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = path,
            // It does not start as root with one.
            ChromiumSandbox = !Environment.IsPrivilegedProcess,
            Args = Arguments,
        }));
    }

    /// <summary>An empty page, in a profile of its own.</summary>
    public Task<IPage> NewPage(
        int width = 1440, int height = 900, ColorScheme scheme = ColorScheme.Light,
        ReducedMotion motion = ReducedMotion.NoPreference) => _browser.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = scheme,
            ReducedMotion = motion,
        });

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }

    static string Require()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .SelectMany(directory => Names.Select(name => Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists);
        if (path is not null)
            return path;
        const string reason = "there is no Chromium (Debian: apt-get install chromium)";
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.Fail($"with CI=true this has to run: {reason}");
        Assert.Skip(reason);
        return "";
    }
}
