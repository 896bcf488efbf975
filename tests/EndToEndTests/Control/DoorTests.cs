using System.Net;
using System.Text;
using System.Text.Json;
using Balancer.Daemon.Native;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

/// <summary>The door itself: who may come in, what it says of itself, and what it takes.</summary>
public sealed class DoorTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_status_adds_up_and_names_every_backend()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        foreach (var client in cluster.NewClients(6))
            await client.AskUdp();

        var status = await cluster.Door.Json("status");

        var totals = status.GetProperty("totals");
        var settled = totals.GetProperty("outcomes").EnumerateObject().Sum(o => o.Value.GetInt64());
        Assert.Equal(6, totals.GetProperty("received").GetInt64());
        Assert.Equal(6, settled + totals.GetProperty("inFlight").GetInt64());
        Assert.Equal(6, totals.GetProperty("remotes").GetInt32());
        var backends = status.GetProperty("backends").EnumerateArray().ToArray();
        Assert.Equal([5301, 5302], backends.Select(b => b.GetProperty("id").GetInt32()));
        Assert.All(backends, b => Assert.Equal("live", b.GetProperty("state").GetString()));
        Assert.Equal([3, 3], backends.Select(b => b.GetProperty("remotes").GetInt32()));
        Assert.Equal(6, backends.Sum(b => b.GetProperty("answered").GetInt64()));
    }

    [Fact]
    public async Task Ready_is_a_daemon_with_a_live_backend_and_alive_is_any()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var ready = await cluster.Door.Get("readyz");

        await cluster["5301"].Kill();
        await cluster.Balancer.SaysOf("5301", "backend faulted (reset and reconnect)");
        var unready = await cluster.Door.Get("readyz");
        var alive = await cluster.Door.Get("healthz");

        Assert.Equal((HttpStatusCode.OK, "ready\n"), ready);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unready.Status);
        Assert.Equal("no backend takes queries", Door.ErrorOf(unready.Body));
        Assert.Equal((HttpStatusCode.OK, "alive\n"), alive);
    }

    [Fact]
    public async Task The_control_socket_is_its_owners_alone_and_goes_with_the_daemon()
    {
        using var directory = new TestDirectory();
        using var control = new TestDirectory();
        var path = control["control.sock"];
        await using var balancer = await BalancerProcess.Start(
            directory.Path, "--control", path);
        await balancer.Says("control socket is open");

        Assert.False(LibC.Statx(path, out var file).IsError);
        balancer.Send(Signal.Terminate);
        await balancer.Exit();

        Assert.Equal(0x180, file.Permissions);
        Assert.Empty(Directory.GetFiles(control.Path));
    }

    [Fact]
    public async Task A_path_where_another_answers_is_refused_and_a_stale_one_is_taken()
    {
        using var directory = new TestDirectory();
        using var control = new TestDirectory();
        var path = control["control.sock"];
        await using var first = await BalancerProcess.Start(directory.Path, "--control", path);
        await first.Says("control socket is open");
        await using var second = BalancerProcess.Run(
            ["-s", directory.Path, "-b", "127.0.0.1", "-p", $"{FreePort.Take()}",
                "--control", path]);

        Assert.Equal(1, await second.Exit());
        Assert.Contains("another process answers there", string.Join('\n', second.Errors.All));

        first.Send(Signal.Kill);
        await first.Exit();
        Assert.True(File.Exists(path));
        await using var third = await BalancerProcess.Start(directory.Path, "--control", path);
        await third.Says("control socket is open");
        using var door = new Door(path);
        Assert.Equal(HttpStatusCode.OK, (await door.Get("healthz")).Status);
    }

    [Theory]
    [InlineData("GET", "nowhere", 404, "nothing at /nowhere; there are: ")]
    [InlineData("GET", "status?loud=1", 400, "unknown parameter \"loud\"; none is taken here")]
    [InlineData("DELETE", "status", 405, "DELETE is not for /status; GET is")]
    public async Task What_is_asked_wrongly_is_refused_in_a_sentence(
        string method, string target, int status, string sentence)
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);

        using var response = await cluster.Door.Http.SendAsync(
            new(new(method), target), Cancelled);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(
            sentence, Door.ErrorOf(await response.Content.ReadAsStringAsync(Cancelled)));
        Assert.Equal(HttpStatusCode.OK, (await cluster.Door.Get("healthz")).Status);
    }

    [Fact]
    public async Task Garbage_and_ten_megabytes_cost_their_connection_and_nothing_else()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        var door = cluster.Door;
        using var large = new ByteArrayContent(new byte[10 << 20]);

        var refused = await door.Http.PostAsync("status", large, Cancelled);
        using (var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0))
        {
            await socket.ConnectAsync(
                new System.Net.Sockets.UnixDomainSocketEndPoint(door.Path), Cancelled);
            await socket.SendAsync(
                Encoding.Latin1.GetBytes("\0\u00ff\u00fe garbage \r\n\r\n"), Cancelled);
            var answer = new byte[256];
            var length = await socket.ReceiveAsync(answer, Cancelled);
            Assert.StartsWith("HTTP/1.1 400", Encoding.Latin1.GetString(answer, 0, length));
        }

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Contains(
            "4096 bytes", Door.ErrorOf(await refused.Content.ReadAsStringAsync(Cancelled)));
        Assert.Equal("5301", (await cluster.NewClient().AskUdp()).Backend);
        Assert.Equal(HttpStatusCode.OK, (await door.Get("healthz")).Status);
    }

    [Fact]
    public async Task By_TCP_it_can_be_looked_at_and_takes_no_orders()
    {
        using var directory = new TestDirectory();
        var port = FreePort.Take();
        await using var balancer = await BalancerProcess.Start(
            directory.Path, "--control", "off", "--http", $"127.0.0.1:{port}");
        await balancer.Says("open for looking by HTTP");
        using var http = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}/") };

        var status = JsonDocument.Parse(await http.GetStringAsync("status", Cancelled));
        using var order = await http.PostAsync("backends/5301/drain", content: null, Cancelled);

        Assert.False(status.RootElement.GetProperty("stopping").GetBoolean());
        Assert.Equal(HttpStatusCode.Forbidden, order.StatusCode);
        Assert.Equal(
            "orders are taken on the control socket only",
            Door.ErrorOf(await order.Content.ReadAsStringAsync(Cancelled)));
    }
}
