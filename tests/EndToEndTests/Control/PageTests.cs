using Balancer.EndToEndTests.Support;
using Microsoft.Playwright;
using Xunit;
using static Microsoft.Playwright.Assertions;

namespace Balancer.EndToEndTests.Control;

/// <summary>The page in a real browser, in front of a running daemon.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task It_opens_without_a_complaint_and_asks_nobody_else()
    {
        await using var world = await PageWorld.Start("5301");
        var page = await world.Open();

        await world.Cluster.NewClient().AskUdp();
        await Expect(PageWorld.Fact(page, "remote new")).ToBeVisibleAsync();

        Assert.Empty(world.Complaints);
        Assert.All(world.Requests, url => Assert.True(
            url.StartsWith(world.Url, StringComparison.Ordinal)
            || url.StartsWith("data:", StringComparison.Ordinal), url));
    }

    [Fact]
    public async Task It_shows_the_backends_with_their_states_and_whom_they_serve()
    {
        await using var world = await PageWorld.Start("5301", "5302");
        var page = await world.Open();

        var client = world.Cluster.NewClient();
        var served = (await client.AskUdp()).Backend;

        await Expect(page.Locator("#backends h3")).ToHaveTextAsync(["5301", "5302"]);
        await Expect(page.Locator("#backends .word")).ToHaveTextAsync(["live", "live"]);
        await Expect(page.Locator("#how-live")).ToHaveTextAsync("2 of 2 take queries");
        await Expect(page.Locator("#clients li")).ToContainTextAsync(
            [$"{client.Address}→ {served}"]);
        await Expect(page.Locator("#curves .band")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task It_shows_a_backend_go_down_when_it_is_killed_and_come_back()
    {
        await using var world = await PageWorld.Start("5301", "5302");
        var page = await world.Open();
        var client = await world.Cluster.ClientOf("5302");

        await world.Cluster["5302"].Kill();

        await Expect(page.Locator("#how-live")).ToHaveTextAsync("1 of 2 take queries");
        await Expect(PageWorld.Card(page, "5302")).ToHaveClassAsync("is-bad");
        await Expect(PageWorld.Card(page, "5301").Locator(".word")).ToHaveTextAsync("live");
        await Expect(PageWorld.Fact(page, "backend faulted")).ToContainTextAsync("5302");
        await Expect(page.Locator("#clients")).ToContainTextAsync(
            $"{client.Address}→ 5301, for 5302");

        await world.Cluster.StartNode("5302");

        await Expect(page.Locator("#how-live")).ToHaveTextAsync("2 of 2 take queries");
        await Expect(PageWorld.Card(page, "5302")).Not.ToHaveClassAsync("is-bad");
        await Expect(PageWorld.Fact(page, "backend established")).ToContainTextAsync("5302");
    }

    [Fact]
    public async Task It_says_that_the_daemon_is_gone_and_goes_on_when_it_is_back()
    {
        using var directory = new TestDirectory();
        await using var browser = await Chromium.Start();
        var http = $"127.0.0.1:{FreePort.Take()}";
        string[] arguments = ["--control", "off", "--http", http];
        await using var first = await BalancerProcess.Start(directory.Path, arguments);
        await first.Says("open for looking by HTTP");
        var page = await browser.NewPage();
        await page.GotoAsync($"http://{http}/");
        await Expect(page.Locator("#state")).ToHaveTextAsync("Not ready");
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();

        first.Send(Signal.Kill);
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("has not been reached");
        await Expect(page.Locator("#state")).ToHaveTextAsync("No connection");

        await first.Exit();
        await using var second = await BalancerProcess.Start(directory.Path, arguments);
        await Expect(page.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();
        await Expect(page.Locator("#state")).ToHaveTextAsync("Not ready");
        await Expect(PageWorld.Fact(page, "started anew")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_a_name_brings_along_is_shown_and_never_run()
    {
        const string name = "<img src=x onerror=document.title='run'>";
        await using var world = await PageWorld.Start("5301");
        var page = await world.Open();

        await File.WriteAllTextAsync(
            world.Cluster.PathOf(name), "", TestContext.Current.CancellationToken);

        await Expect(PageWorld.Fact(page, "entry ignored")).ToContainTextAsync(name);
        Assert.Equal(0, await page.Locator("img").CountAsync());
        Assert.Equal("Balancer: ready", await page.TitleAsync());
    }

    [Fact]
    public async Task When_it_is_paused_facts_wait_until_it_goes_on()
    {
        await using var world = await PageWorld.Start("5301");
        var page = await world.Open();
        var pause = page.GetByRole(AriaRole.Button);

        await pause.PressAsync("Enter");
        await world.Cluster.NewClient().AskUdp();
        await Expect(page.Locator("#clients li")).ToHaveCountAsync(1);
        await Expect(pause).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(PageWorld.Fact(page, "remote new")).ToBeHiddenAsync();

        await pause.PressAsync("Enter");
        await Expect(PageWorld.Fact(page, "remote new")).ToBeVisibleAsync();
    }
}
