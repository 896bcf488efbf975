using System.Net;
using System.Reactive.Linq;
using Balancer.Backend;
using Balancer.Daemon.Demo;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Settings;

/// <summary>The configuration file once more, while the daemon runs.</summary>
public sealed class ReloadTests : IDisposable
{
    const string Reloaded = "settings reloaded";

    readonly TestDirectory _directory = new();
    readonly TestDirectory _elsewhere = new();
    readonly List<BackendServer> _backends = [];

    public void Dispose()
    {
        _backends.ForEach(backend => backend.Dispose());
        _directory.Dispose();
        _elsewhere.Dispose();
    }

    string Config => _elsewhere["b.json"];

    [Fact]
    public async Task A_file_that_is_written_or_renamed_into_place_takes_hold()
    {
        Write("{}");
        await using var balancer = await Start("5301");
        var (inside, outside) = (balancer.Client("127.0.0.8"), balancer.Client("127.0.0.9"));
        await outside.AskUdp();

        Write("""{"allow": ["127.0.0.8"]}""");
        Assert.Equal("1", (await balancer.Says(Reloaded))["changed"]);
        var changed = await balancer.Says("setting changed");
        Assert.Equal(
            ("allow", "none", "127.0.0.8/32"),
            (changed["setting"], changed["before"], changed["now"]));
        await IsDropped(outside, inside);

        var from = balancer.Log.Count;
        Rename("""{"allow": ["127.0.0.9"]}""");
        await balancer.Says(Reloaded, from);
        await outside.AskUdp();
        await IsDropped(inside, outside);
    }

    [Fact]
    public async Task A_bad_file_changes_nothing_and_one_line_names_line_and_key()
    {
        Write("""{"allow": ["127.0.0.8"]}""");
        await using var balancer = await Start("5301");
        Write("{\n\"allow\": [\"127.0.0.9\"],\n\"prot\": 53\n}");
        var refused = await balancer.Says("settings refused; nothing has changed");
        Assert.Equal(
            $"{Config}:3: prot: no such setting; port is meant?", refused["error"]);
        Assert.Equal(50, refused.Level);
        await IsDropped(balancer.Client("127.0.0.9"), balancer.Client("127.0.0.8"));

        Write("""{"allow": ["127.0.0.9"]}""");
        await balancer.Says(Reloaded);
        await balancer.Client("127.0.0.9").AskUdp();
    }

    [Fact]
    public async Task A_hangup_reads_the_file_anew()
    {
        Write("{}");
        await using var balancer = await Start("5301");
        balancer.Send(Signal.HangUp);
        var reloaded = await balancer.Says(Reloaded);
        Assert.Equal(("0", "0"), (reloaded["changed"], reloaded["waiting"]));
        await balancer.Client("127.0.0.8").AskUdp();
    }

    [Fact]
    public async Task A_hangup_without_a_file_is_told_and_ends_nothing()
    {
        Serve("5301");
        await using var balancer = await BalancerProcess.Start(_directory.Path);
        balancer.Send(Signal.HangUp);
        await balancer.Says("no configuration file to reload (--config)");
        await balancer.Client("127.0.0.8").AskUntilAnswered();
    }

    [Fact]
    public async Task What_needs_a_restart_is_named_and_does_not_happen()
    {
        Write("{}");
        await using var balancer = await Start("5301");
        Write("""{"maxRemotes": 77, "holdDown": "1s"}""");
        var waits = await balancer.Says("setting needs a restart");
        Assert.Equal(
            ("maxRemotes", "262144", "77"), (waits["setting"], waits["now"], waits["wanted"]));
        var reloaded = await balancer.Says(Reloaded);
        Assert.Equal(("1", "1"), (reloaded["changed"], reloaded["waiting"]));
    }

    [Fact]
    public async Task A_flag_goes_before_the_file_at_a_reload_too()
    {
        Write("{}");
        await using var balancer = await Start("5301", "--allow", "127.0.0.8");
        Write("""{"allow": ["127.0.0.9"]}""");
        Assert.Equal("0", (await balancer.Says(Reloaded))["changed"]);
        await IsDropped(balancer.Client("127.0.0.9"), balancer.Client("127.0.0.8"));
    }

    [Fact]
    public async Task Pins_of_the_file_are_set_moved_and_taken_back()
    {
        Serve("5302");
        Write("""{"pins": {"127.0.0.7": "5302", "127.0.0.8": "5301", "127.0.0.9": "5303"}}""");
        await using var balancer = await Start("5301");
        await balancer.IsServedBy("5301", "5302");
        Assert.Equal("5302", (await balancer.Client("127.0.0.7").AskUdp()).Backend);
        Assert.Equal("5301", (await balancer.Client("127.0.0.8").AskUdp()).Backend);

        Write("""{"pins": {"127.0.0.7": "5301", "127.0.0.9": "5303"}}""");
        await balancer.Says(Reloaded);
        Assert.Equal("5301", (await balancer.Client("127.0.0.7").AskUdp()).Backend);
        // Who is no longer pinned stays where it is.
        Assert.Equal("5301", (await balancer.Client("127.0.0.8").AskUdp()).Backend);

        Serve("5303");
        await balancer.IsServedBy("5303");
        Assert.Equal("5303", (await balancer.Client("127.0.0.9").AskUdp()).Backend);
    }

    [Fact]
    public async Task Twenty_reloads_lose_no_query_and_move_no_client()
    {
        Serve("5302");
        Write("{}");
        await using var balancer = await Start("5301", "--loops", "2");
        await balancer.IsServedBy("5301", "5302");
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(1, 4)
            .Select(nth => AskOn(balancer.Client($"127.0.1.{nth}"), stop.Token))
            .ToArray();
        for (var i = 0; i < 20; i++)
        {
            var from = balancer.Log.Count;
            Rename($$"""{"rateLimit": {{50_000 + i}}, "heartbeatEvery": "{{200 + i}}ms"}""");
            Assert.Equal("2", (await balancer.Says(Reloaded, from))["changed"]);
        }
        await stop.CancelAsync();
        foreach (var (answers, servers) in await Task.WhenAll(clients))
        {
            Assert.True(answers > 0);
            Assert.Equal(1, servers);
        }
    }

    // Each must be answered: who is not, fails by its patience.
    static async Task<(int Answers, int Servers)> AskOn(DnsAsker client, CancellationToken stop)
    {
        var servers = new List<string>();
        do servers.Add((await client.AskUdp()).Backend);
        while (!stop.IsCancellationRequested);
        return (servers.Count, servers.Distinct().Count());
    }

    // Whoever came later is answered, so this one will not be.
    static async Task IsDropped(DnsAsker dropped, DnsAsker served)
    {
        using var socket = dropped.OpenUdp();
        await socket.SendAsync(DnsMessage.Query(DnsAsker.NextId(), "example.com", DnsMessage.Txt));
        await served.AskUdp();
        await served.AskUdp();
        Assert.Equal(0, socket.Available);
    }

    async Task<BalancerProcess> Start(string backend, params string[] more)
    {
        Serve(backend);
        var balancer = await BalancerProcess.Start(
            _directory.Path, ["--config", Config, "--control", "off", .. more]);
        await balancer.IsServedBy(backend);
        return balancer;
    }

    void Serve(string name)
    {
        var server = BackendServer.Listen(_directory[name]);
        server.Queries.Subscribe(query => query.Answer(DemoAnswers.To(
            query.Message.Span, $"backend={name}", IPAddress.Loopback)!));
        _backends.Add(server);
    }

    void Write(string text) => File.WriteAllText(Config, text);

    void Rename(string text)
    {
        var other = _elsewhere["b.json.new"];
        File.WriteAllText(other, text);
        File.Move(other, Config, overwrite: true);
    }
}
