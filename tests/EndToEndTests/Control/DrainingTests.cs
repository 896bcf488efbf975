using System.Text.Json;
using Balancer.Backend;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>A drain while something is owed: its progress, and who does not wait for it.</summary>
public sealed class DrainingTests : IDisposable
{
    readonly TestDirectory _directory = new();
    readonly TestDirectory _control = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Progress_is_told_while_something_is_owed_and_then_that_it_is_done()
    {
        using var slow = BackendServer.Listen(_directory["5301"]);
        using var held = new Arrivals<Query>(slow.Queries);
        using var other = BackendServer.Listen(_directory["5302"]);
        using var door = new Door(_control["control.sock"]);
        await using var balancer = await Start(door);
        var asked = balancer.Client("127.5.0.1").AskUdp();
        var query = await held.Next();

        using var lines = await Read(door, "backends/5301/drain");
        Assert.Equal("backend-leaving", KindOf(await Next(lines)));
        var owes = await Next(lines);
        Assert.Equal("backend-owes", KindOf(owes));
        Assert.Contains("owed=1", owes.GetProperty("text").GetString());
        Answer(query);
        await asked;
        var last = await Next(lines);
        while (!last.TryGetProperty("done", out _))
            last = await Next(lines);
        Assert.True(last.GetProperty("done").GetBoolean());
        Assert.Equal(
            "5301 is drained: it owes nothing, and is given nothing until it is enabled",
            last.GetProperty("text").GetString());
    }

    [Fact]
    public async Task Who_does_not_wait_is_told_what_is_owed_and_who_goes_away_takes_nothing_back()
    {
        using var slow = BackendServer.Listen(_directory["5301"]);
        using var held = new Arrivals<Query>(slow.Queries);
        using var other = BackendServer.Listen(_directory["5302"]);
        using var answering = other.Queries.Subscribe(Answer);
        using var door = new Door(_control["control.sock"]);
        await using var balancer = await Start(door);
        var asked = balancer.Client("127.5.0.1").AskUdp();
        var query = await held.Next();

        // Its client goes away while the answer is owed.
        using (var lines = await Read(door, "backends/5301/drain"))
            Assert.Equal("backend-leaving", KindOf(await Next(lines)));
        var (_, body) = await door.Post("backends/5301/drain?wait=false");
        Assert.Equal(
            "5301 owes 1 answer, and is given nothing until it is enabled",
            JsonDocument.Parse(body.TrimEnd().Split('\n')[^1]).RootElement
                .GetProperty("text").GetString());
        // Still drained: another answers whoever comes.
        await balancer.Client("127.5.0.1").AskUdp();
        await balancer.Client("127.5.0.2").AskUdp();
        Answer(query);
        await asked;
    }

    [Fact]
    public async Task A_drain_that_is_taken_back_meanwhile_says_that_it_is_not_done()
    {
        using var slow = BackendServer.Listen(_directory["5301"]);
        using var held = new Arrivals<Query>(slow.Queries);
        using var door = new Door(_control["control.sock"]);
        using var other = BackendServer.Listen(_directory["5302"]);
        await using var balancer = await Start(door);
        var asked = balancer.Client("127.5.0.1").AskUdp();
        var query = await held.Next();

        using var lines = await Read(door, "backends/5301/drain");
        Assert.Equal("backend-leaving", KindOf(await Next(lines)));
        await door.Post("backends/5301/enable");
        var last = await Next(lines);
        while (!last.TryGetProperty("done", out _))
            last = await Next(lines);
        Assert.False(last.GetProperty("done").GetBoolean());
        Assert.Equal(
            "5301 was enabled meanwhile: it is not drained", last.GetProperty("text").GetString());
        Answer(query);
        await asked;
    }

    public void Dispose()
    {
        _directory.Dispose();
        _control.Dispose();
    }

    async Task<BalancerProcess> Start(Door door)
    {
        var balancer = await BalancerProcess.Start(_directory.Path, "--control", door.Path);
        await balancer.Says("control socket is open");
        await balancer.IsServedBy("5301", "5302");
        return balancer;
    }

    static async Task<StreamReader> Read(Door door, string target)
    {
        var response = await door.Http.SendAsync(
            new(HttpMethod.Post, target), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        return new(await response.Content.ReadAsStreamAsync(Cancelled));
    }

    static async Task<JsonElement> Next(StreamReader lines) =>
        JsonDocument.Parse((await lines.ReadLineAsync(Cancelled))!).RootElement;

    static string KindOf(JsonElement line) => line.GetProperty("kind").GetString()!;

    static void Answer(Query query)
    {
        var answer = query.Message.ToArray();
        answer[2] |= 0x80;
        query.Answer(answer);
    }
}
