using System.Globalization;
using Balancer.EndToEndTests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Balancer.EndToEndTests.Control;

/// <summary>
/// The page under load. With a directory in BALANCER_PICTURES it takes its time, so many seconds of
/// load (BALANCER_PICTURES_AFTER) before the death, and leaves pictures of the page there:
/// docs/picture does that.
/// </summary>
public sealed class PageFlowTests
{
    static readonly double[] Rates =
        [90, 61, 47, 44, 38, 33, 29, 26, 22, 19, 17, 14, 12, 9, 7, 5, 3, 2];

    const string WidthsDiffer =
        """
        () => {
          const widths = [...document.querySelectorAll('#curves .band')]
            .map(band => +band.getAttribute('stroke-width'));
          return Math.max(...widths) > 2 * Math.min(...widths);
        }
        """;

    // So long the curves take to arrive, in seconds.
    const int Glance = 4;

    static readonly string? Pictures = Environment.GetEnvironmentVariable("BALANCER_PICTURES");

    [Fact]
    public async Task The_flow_follows_the_clients_of_a_dead_backend_to_others_and_back()
    {
        await using var world = await PageWorld.Start("5301", "5302", "5303", "5304");
        var page = await world.Open();
        var dark = await world.Open(await world.Browser.NewPage(scheme: ColorScheme.Dark));
        await using var crowd = new Crowd(world.Cluster.Balancer.Port, Rates);
        await Expect(page.Locator("#clients li")).ToHaveCountAsync(Rates.Length);
        await Expect(page.Locator("#curves .band:not(.idle)")).ToHaveCountAsync(Rates.Length);
        await Expect(page.Locator("#curves .aside")).ToHaveCountAsync(0);
        await page.WaitForFunctionAsync(WidthsDiffer);
        await TakeTime(world.Cluster);

        await world.Cluster["5302"].Kill();
        await Expect(page.Locator("#curves .band.aside")).Not.ToHaveCountAsync(0);
        await Expect(page.Locator("#clients")).ToContainTextAsync(", for 5302");
        await Expect(page.Locator("#curves .band:not(.idle)")).ToHaveCountAsync(Rates.Length);
        await Take(world.Cluster, page, "page.png");

        await world.Cluster.StartNode("5302");
        await Expect(PageWorld.Fact(page, "backend established")).ToContainTextAsync("5302");
        await Take(world.Cluster, dark, "page-dark.png");
        await Expect(page.Locator("#curves .band.aside")).ToHaveCountAsync(0);
        await Expect(PageWorld.Card(page, "5302").Locator(".word")).ToHaveTextAsync("live");
    }

    // Some minutes for the charts, in the midst of which another backend is away for a while.
    static async Task TakeTime(Cluster cluster)
    {
        if (Pictures is null)
            return;
        var half = int.Parse(
            Environment.GetEnvironmentVariable("BALANCER_PICTURES_AFTER") ?? "0",
            CultureInfo.InvariantCulture) / 2;
        await Pass(cluster, half);
        await cluster["5304"].Kill();
        await Pass(cluster, Glance);
        await cluster.StartNode("5304");
        await Pass(cluster, half);
    }

    // So many seconds of the daemon's: it tells one status in each.
    static async Task Pass(Cluster cluster, int seconds)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var statuses = new StreamReader(
            await cluster.Door.Http.GetStreamAsync("live?every=1s", cancelled));
        while (seconds > 0 && await statuses.ReadLineAsync(cancelled) is { } line)
            seconds -= line.StartsWith("data:", StringComparison.Ordinal) ? 1 : 0;
    }

    static async Task Take(Cluster cluster, IPage page, string name)
    {
        if (Pictures is null)
            return;
        await Pass(cluster, Glance);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Pictures, name) });
    }
}
