using System.Net;
using System.Text.Json;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Hooks;

/// <summary>Hooks of the real daemon, in front of real backends.</summary>
public sealed class HookTests : IDisposable
{
    const string Every = """["up", "down", "drained", "ready", "not-ready"]""";

    readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_program_hears_of_rise_fall_drain_and_readiness()
    {
        await using var cluster = await Start(
            ["5301", "5302"], $$"""{ "on": {{Every}}, "run": {{Writing("told")}} }""");
        await Told("up 5301", "up 5302", "ready ");

        await cluster["5301"].Kill();
        await Told("down 5301");
        await cluster.StartNode("5301");
        await Told("up 5301", times: 2);

        await cluster.Door.Post("backends/5302/drain");
        await Told("drained 5302");

        await cluster["5301"].Kill();
        await cluster["5302"].Kill();
        await Told("down 5302", "not-ready ");
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable, (await cluster.Door.Get("readyz")).Status);
    }

    [Fact]
    public async Task With_several_loops_each_thing_is_told_once_and_a_stop_is_told_too()
    {
        await using (var cluster = await Start(
            ["5301"], $$"""{ "on": {{Every}}, "run": {{Writing("told")}} }""", "--loops", "3"))
        {
            await Told("ready ");
            await cluster["5301"].Kill();
            // In all of them, before it is back in the first.
            await Deadline.Until(() => Faults(cluster) == 3, "its end in every loop");
            await Told("down 5301");
            await cluster.StartNode("5301");
            await Told("ready ", times: 2);
            cluster.Balancer.Send(Signal.Terminate);
            Assert.Equal(0, await cluster.Balancer.Exit());
        }
        Assert.Equal(
            [
                "up 5301", "ready ", "down 5301", "not-ready ", "up 5301", "ready ",
                "not-ready ",
            ],
            Lines());

        static int Faults(Cluster cluster) => cluster.Balancer.Log.All.Count(
            line => line.Message == "backend faulted (reset and reconnect)");
    }

    [Fact]
    public async Task An_address_is_called()
    {
        using var listener = new HttpListener();
        var port = FreePort.Take();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        await using var cluster = await Start(
            ["5301"], $$"""{ "on": ["up"], "post": "http://127.0.0.1:{{port}}/dns" }""");
        var call = await listener.GetContextAsync().Within("the call");
        var body = JsonDocument.Parse(call.Request.InputStream).RootElement;
        call.Response.Close();
        Assert.Equal("POST /dns", $"{call.Request.HttpMethod} {call.Request.RawUrl}");
        Assert.Equal("up", body.GetProperty("event").GetString());
        Assert.Equal(5301, body.GetProperty("backend").GetInt32());
        Assert.Equal(cluster.PathOf("5301"), body.GetProperty("path").GetString());
    }

    [Fact]
    public async Task A_hook_that_hangs_delays_no_query_and_is_ended_at_its_deadline()
    {
        await using var cluster = await Start(
            ["5301"],
            $$"""
            { "on": ["up"], "deadline": "2s",
              "run": ["/bin/sh", "-c", "echo $$ >>{{_directory["pids"]}}; sleep 600; :"] }
            """);
        await Deadline.Until(() => File.Exists(_directory["pids"]), "the program's begin");
        var client = cluster.NewClient();
        for (var i = 0; i < 100; i++)
            Assert.Equal("5301", (await client.AskUdp()).Backend);
        var line = await cluster.Balancer.Says("hook not done in time (ended)");
        Assert.Equal(("/bin/sh", "up", "2000"), (line["hook"], line["event"], line["deadline_ms"]));
        var pid = (await File.ReadAllLinesAsync(
            _directory["pids"], TestContext.Current.CancellationToken))[0];
        await Deadline.Until(() => !Directory.Exists($"/proc/{pid}"), "the end of the program");
    }

    [Fact]
    public async Task A_hook_that_is_not_there_is_one_line_of_the_log_and_counted()
    {
        await using var cluster = await Start(
            ["5301"], """{ "on": ["up"], "run": ["/nowhere/x"] }""");
        var line = await cluster.Balancer.Says("hook failed");
        Assert.Equal(("/nowhere/x", "up"), (line["hook"], line["event"]));
        Assert.Equal("No such file or directory", line["error"]);
        var metrics = (await cluster.Door.Get("metrics")).Body;
        Assert.Contains("mname_hooks_total{event=\"up\",outcome=\"failed\"} 1\n", metrics);
        Assert.Single(cluster.Balancer.Log.All, line => line.Message == "hook failed");
    }

    Task<Cluster> Start(string[] names, string hook, params string[] more)
    {
        File.WriteAllText(_directory["config.json"], $$"""{ "hooks": [{{hook}}] }""");
        return Cluster.StartWithDoor(
            names, ["--config", _directory["config.json"], .. more]);
    }

    string Writing(string file) => JsonSerializer.Serialize((string[])
    [
        "/bin/sh", "-c",
        "echo \"$BALANCER_EVENT $BALANCER_BACKEND\" >>\"$1\"", "sh", _directory[file],
    ]);

    async Task Told(params string[] lines)
    {
        foreach (var line in lines)
            await Told(line, times: 1);
    }

    Task Told(string line, int times) => Deadline.Until(
        () => Lines().Count(told => told == line) >= times,
        $"\"{line}\", {times} times; told: {string.Join("; ", Lines())}");

    string[] Lines() => File.Exists(_directory["told"])
        ? [.. File.ReadAllLines(_directory["told"])]
        : [];
}
