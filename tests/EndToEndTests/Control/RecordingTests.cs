using System.Net;
using System.Text.Json;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Control;

// Recordings of a daemon that runs, and their replays by the same program.
public class RecordingTests
{
    const string Written = "flight recording written";

    [Fact]
    public async Task Kills_under_way_are_recorded_and_replayed_bit_for_bit()
    {
        await using var cluster = await Cluster.StartWithDoor(
            ["5301", "5302", "5303"], "--loops", "2");
        using var directory = new TestDirectory();
        var clients = cluster.NewClients(6);
        await AskAll(clients);

        using var answer = await cluster.Door.Http.GetAsync(
            "record?for=6s", HttpCompletionOption.ResponseHeadersRead,
            TestContext.Current.CancellationToken);
        await cluster["5302"].Kill();
        await AskAll(clients);
        await cluster["5301"].Kill();
        await AskAll(cluster.NewClients(6));
        await cluster.StartNode("5302");
        await AskAll(clients);
        File.WriteAllBytes(
            directory["a.recording"],
            await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        var (exit, lines, _) = await Run("replay", directory["a.recording"]);
        Assert.Equal(0, exit);
        Assert.EndsWith("decisions, the same as were taken live", lines[^1]);
        Assert.Contains(lines, line => line.Contains("BackendFaulted { Id = 5302"));
        Assert.Contains(lines, line => line.Contains("BackendFaulted { Id = 5301"));
        Assert.Contains(lines, line => line.StartsWith("loop 1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_verb_records_into_a_new_file_and_replay_makes_a_test_of_it()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        using var directory = new TestDirectory();
        string[] record =
            ["record", directory["a"], "--for", "1s", "--control", cluster.Door.Path];
        var (exit, lines, errors) = await Run(record);
        Assert.Equal(0, exit);
        Assert.Empty(errors);
        Assert.Contains("1 loop(s)", Assert.Single(lines));

        var (_, source, _) = await Run("replay", directory["a"], "--as-test");
        Assert.Contains(source, line => line.Contains("[Fact]"));

        (exit, _, errors) = await Run(record);
        Assert.Equal(1, exit);
        Assert.Contains("is there already", Assert.Single(errors));
        Assert.True(File.Exists(directory["a"]));
    }

    [Fact]
    public async Task A_fault_and_SIGUSR2_write_what_came_before()
    {
        using var flights = new TestDirectory();
        await using var cluster = await Cluster.StartWithDoor(
            ["5301", "5302"], "--flight-recorder", flights.Path);
        await AskAll(cluster.NewClients(4));
        await cluster["5302"].Kill();
        var ofFault = (await cluster.Balancer.Says(Written))["path"]!;
        Assert.Contains("backend-5302", ofFault);
        var (exit, lines, _) = await Run("replay", ofFault);
        Assert.Equal(0, exit);
        Assert.Contains(lines, line => line.Contains("BackendFaulted { Id = 5302"));
        Assert.Contains(lines, line => line.Contains("RemoteNew"));

        var from = cluster.Balancer.Log.All.Count;
        cluster.Balancer.Send(Signal.User2);
        var ofSignal = (await cluster.Balancer.Says(Written, from))["path"]!;
        Assert.Equal(0, (await Run("replay", ofSignal)).Exit);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ofSignal));
        }
    }

    [Fact]
    public async Task What_cannot_be_meant_is_refused()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301"]);
        await IsRefused("record?for=0s", "for: \"0s\" is not a time from 1s to 1h");
        await IsRefused("record?for=61m", "for: \"61m\"");
        await IsRefused("record?for=999999999h", "for: \"999999999h\"");
        await IsRefused("record?for=soon", "for: \"soon\"");
        await IsRefused("record?from=1s", "unknown parameter \"from\"");
        await IsRefused("timers?limit=-1", "limit: \"-1\" is not a number");
        await IsRefused("timers?limit=1&limit=2", "limit: given more than once");

        async Task IsRefused(string target, string reason)
        {
            var (status, body) = await cluster.Door.Get(target);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(reason, Door.ErrorOf(body));
        }
    }

    [Fact]
    public async Task Everything_that_waits_is_listed_what_is_due_first_first()
    {
        await using var cluster = await Cluster.StartWithDoor(["5301", "5302"]);
        var timers = (await cluster.Door.Json("timers")).GetProperty("timers");
        var deadlines = timers.EnumerateArray()
            .Where(timer => Text(timer, "kind") == "session-deadline")
            .Select(timer => timer.GetProperty("backend").GetInt32())
            .Order();
        Assert.Equal([5301, 5302], deadlines);
        Assert.Contains(timers.EnumerateArray(), timer => Text(timer, "kind") == "expiry");
        var due = timers.EnumerateArray()
            .Select(timer => timer.GetProperty("dueAt").GetDateTime())
            .ToArray();
        Assert.Equal(due.Order(), due);

        var (exit, lines, _) = await Run("timers", "--control", cluster.Door.Path);
        Assert.Equal(0, exit);
        Assert.Contains(lines, line => line.Contains("backend 5301"));
    }

    [Fact]
    public async Task What_is_no_recording_is_refused_by_name()
    {
        using var directory = new TestDirectory();
        File.WriteAllText(directory["a"], "GET / HTTP/1.1\n");
        var (exit, _, errors) = await Run("replay", directory["a"]);
        Assert.Equal(2, exit);
        Assert.Equal(
            $"balancer: {directory["a"]}: this is no recording of a balancer",
            Assert.Single(errors));
        (exit, _, errors) = await Run("replay", directory["b"]);
        Assert.Equal(2, exit);
        Assert.Contains("b'", Assert.Single(errors));
    }

    static string? Text(JsonElement element, string name) =>
        element.GetProperty(name).GetString();

    static Task<DnsReply[]> AskAll(DnsAsker[] clients) =>
        Task.WhenAll(clients.Select(client => client.AskUdp()));

    static async Task<(int Exit, IReadOnlyList<string> Lines, IReadOnlyList<string> Errors)> Run(
        params string[] arguments)
    {
        await using var process = BalancerProcess.Run(arguments);
        var exit = await process.Exit();
        return (exit, process.Output.All, process.Errors.All);
    }
}
