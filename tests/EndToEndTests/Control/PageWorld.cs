using Balancer.EndToEndTests.Support;
using Microsoft.Playwright;

namespace Balancer.EndToEndTests.Control;

/// <summary>A cluster that can be looked at, and a browser that does.</summary>
internal sealed class PageWorld : IAsyncDisposable
{
    readonly string[] _door = ["--http", $"127.0.0.1:{FreePort.Take()}"];
    Chromium? _browser;
    Cluster? _cluster;

    /// <summary>Where the page is.</summary>
    public string Url => $"http://{_door[1]}/";

    public Chromium Browser => _browser!;

    public Cluster Cluster => _cluster!;

    /// <summary>What a page has said on its console that it should not, and whom it has asked.
    /// </summary>
    public List<string> Complaints { get; } = [];

    public List<string> Requests { get; } = [];

    public static async Task<PageWorld> Start(params string[] backends)
    {
        var world = new PageWorld();
        try
        {
            world._browser = await Chromium.Start();
            world._cluster = await Cluster.StartWithDoor(backends, world._door);
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens the page; it has heard of the daemon when this returns.</summary>
    public async Task<IPage> Open(IPage page)
    {
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Add(message.Text);
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) => Requests.Add(request.Url);
        await page.GotoAsync(Url);
        await Assertions.Expect(page.Locator("#state")).ToHaveTextAsync("Ready");
        return page;
    }

    /// <summary>Opens it as a desktop shows it.</summary>
    public async Task<IPage> Open() => await Open(await Browser.NewPage());

    /// <summary>The card of a backend.</summary>
    public static ILocator Card(IPage page, string backend) =>
        page.Locator("#backends li", new() { HasText = backend });

    /// <summary>A row of the facts.</summary>
    public static ILocator Fact(IPage page, string text) =>
        page.Locator("#facts li", new() { HasText = text }).First;

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_cluster is not null)
            await _cluster.DisposeAsync();
    }
}
