using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Balancer.EndToEndTests.Control;

/// <summary>The page for whoever looks at it: on a phone, in the dark, without motion.</summary>
public sealed class PageLooksTests
{
    // Every text against the nearest ground under it, as WCAG 2 counts (AA: 4.5, large text 3).
    const string PaleTexts =
        """
        () => {
          const channel = c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
          const parse = color => color.match(/[\d.]+/g).map(Number);
          const light = ([r, g, b]) => .2126 * channel(r / 255) + .7152 * channel(g / 255)
            + .0722 * channel(b / 255);
          const groundOf = element => {
            const color = parse(getComputedStyle(element).backgroundColor);
            return color[3] === 0 && element.parentElement
              ? groundOf(element.parentElement) : color;
          };
          return [...document.querySelectorAll('body *')]
            .filter(element => element.checkVisibility() && [...element.childNodes]
              .some(node => node.nodeType === Node.TEXT_NODE && node.data.trim()))
            .map(element => {
              const style = getComputedStyle(element);
              const ink = element instanceof SVGElement ? style.fill : style.color;
              const [a, b] = [light(parse(ink)), light(groundOf(element))];
              const contrast = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
              const enough = parseFloat(style.fontSize) >= 24 ? 3 : 4.5;
              return contrast >= enough ? null
                : `${element.textContent}: ${contrast.toFixed(2)}`;
            })
            .filter(found => found);
        }
        """;

    [Theory]
    [InlineData(ColorScheme.Light, 390)]
    [InlineData(ColorScheme.Dark, 390)]
    [InlineData(ColorScheme.Light, 1440)]
    [InlineData(ColorScheme.Dark, 1440)]
    public async Task Every_text_can_be_read_and_nothing_sticks_out(ColorScheme scheme, int width)
    {
        await using var world = await PageWorld.Start("5301", "5302");
        var page = await world.Open(await world.Browser.NewPage(width, 844, scheme));
        await world.Cluster.NewClient().AskUdp();
        await world.Cluster["5302"].Kill();
        await Expect(PageWorld.Card(page, "5302")).ToHaveClassAsync("is-bad");
        await Expect(PageWorld.Fact(page, "backend faulted")).ToBeVisibleAsync();

        Assert.Empty(await page.EvaluateAsync<string[]>(PaleTexts));
        Assert.True(width >= await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        var ground = await page.Locator("body").EvaluateAsync<string>(
            "body => getComputedStyle(body).backgroundColor");
        Assert.Equal(
            scheme == ColorScheme.Dark ? "rgb(13, 19, 18)" : "rgb(246, 247, 245)", ground);
    }

    [Fact]
    public async Task On_a_phone_there_is_one_column_and_each_client_names_its_backend()
    {
        await using var world = await PageWorld.Start("5301");
        var page = await world.Open(await world.Browser.NewPage(390, 844));
        var client = world.Cluster.NewClient();
        await client.AskUdp();

        var row = page.Locator("#clients li");
        await Expect(row).ToContainTextAsync($"{client.Address}");
        await Expect(row.GetByText("→ 5301")).ToBeVisibleAsync();
        await Expect(page.Locator("#curves")).ToBeHiddenAsync();
        var clients = await page.Locator("#clients").BoundingBoxAsync();
        var backends = await page.Locator("#backends").BoundingBoxAsync();
        Assert.Equal(clients!.X, backends!.X);
        Assert.Equal(clients.Width, backends.Width);
    }

    [Fact]
    public async Task Nothing_moves_for_who_wants_no_motion()
    {
        await using var world = await PageWorld.Start("5301");
        var page = await world.Open(
            await world.Browser.NewPage(motion: ReducedMotion.Reduce));

        await world.Cluster.NewClient().AskUdp();

        await Expect(page.Locator("#curves .band")).ToHaveCountAsync(1);
        Assert.Equal("none", await page.Locator("#curves .dots").EvaluateAsync<string>(
            "dots => getComputedStyle(dots).display"));
    }
}
