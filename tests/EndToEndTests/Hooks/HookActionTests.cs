using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Balancer.Daemon.Hooks;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests.Hooks;

/// <summary>Real programs and real calls.</summary>
public sealed class HookActionTests : IDisposable
{
    static readonly HookCall Call = new(
        new(HookKind.Down, 5301, "/run/s/5301", "closed",
            new(2026, 11, 30, 9, 8, 7, 6, TimeSpan.Zero)),
        Suppressed: 2);

    static readonly HookOptions Any = new() { On = [HookKind.Down] };

    readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_program_finds_what_has_happened_in_its_environment_and_its_words_unchanged()
    {
        var script = Script("""
            env | grep -E "^BALANCER_(BACKEND|EVENT|PATH|REASON|SUPPRESSED|TIME)=" | sort >"$1.new"
            printf '%s\n' "$2" "$3" "${NOTIFY_SOCKET-none}" >>"$1.new"
            mv "$1.new" "$1"
            """);
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", "/nowhere");
        Assert.Null(await Run(["/bin/sh", script, _directory["told"], "$HOME *", ""]));
        Environment.SetEnvironmentVariable("NOTIFY_SOCKET", null);
        Assert.Equal(
            [
                "BALANCER_BACKEND=5301", "BALANCER_EVENT=down", "BALANCER_PATH=/run/s/5301",
                "BALANCER_REASON=closed", "BALANCER_SUPPRESSED=2",
                "BALANCER_TIME=2026-11-30T09:08:07.006Z", "$HOME *", "", "none",
            ],
            await File.ReadAllLinesAsync(
                _directory["told"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_program_has_nothing_to_read_and_no_signal_ignored()
    {
        var script = Script("""
            read -r line && exit 3
            grep SigIgn /proc/self/status >"$1"
            """);
        Assert.Null(await Run(["/bin/sh", script, _directory["told"]]));
        var ignored = (await File.ReadAllTextAsync(
            _directory["told"], TestContext.Current.CancellationToken)).Split('\t')[1];
        const long brokenPipe = 1L << 12;
        Assert.Equal(0, Convert.ToInt64(ignored.Trim(), 16) & brokenPipe);
    }

    [Theory]
    [InlineData("exit 3", "exit code 3")]
    [InlineData("kill -TERM $$", "ended by signal 15")]
    public async Task A_program_that_ends_badly_has_failed(string text, string error) =>
        Assert.Equal(error, await Run(["/bin/sh", Script(text)]));

    [Fact]
    public async Task A_program_that_is_not_there_or_is_none_has_failed()
    {
        Assert.Equal("No such file or directory", await Run([_directory["none"]]));
        File.WriteAllText(_directory["text"], "");
        Assert.Equal("Permission denied", await Run([_directory["text"]]));
    }

    [Fact]
    public async Task A_cancelled_program_is_killed_with_its_children()
    {
        var script = Script("""
            sleep 600 &
            echo $! >"$1.new"
            mv "$1.new" "$1"
            wait
            """);
        using var deadline = new CancellationTokenSource();
        var running = HookActions.Of(Any with { Run = ["/bin/sh", script, _directory["child"]] })(
            Call, deadline.Token);
        await Deadline.Until(() => File.Exists(_directory["child"]), "the child's number");
        var child = int.Parse(File.ReadAllText(_directory["child"]));
        await deadline.CancelAsync();
        Assert.Equal("ended by signal 9", await running.Within("the end of the program"));
        await Deadline.Until(() => IsGone(child), "the end of its child");
    }

    [Fact]
    public async Task A_program_may_leave_something_behind_that_goes_on()
    {
        var script = Script("""
            sleep 600 &
            echo $! >"$1"
            """);
        Assert.Null(await Run(["/bin/sh", script, _directory["child"]]));
        using var child = Process.GetProcessById(int.Parse(File.ReadAllText(_directory["child"])));
        child.Kill();
    }

    [Fact]
    public async Task An_address_is_sent_what_has_happened_as_json()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://{listener.LocalEndpoint}/hooks/dns?x=1");
        var heard = Answer(listener, "204 No Content");
        Assert.Null(await HookActions.Of(Any with { Post = address })(
            Call, TestContext.Current.CancellationToken));
        var request = await heard;
        Assert.StartsWith("POST /hooks/dns?x=1 HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", request, StringComparison.Ordinal);
        Assert.EndsWith(
            """
            {"event":"down","backend":5301,"path":"/run/s/5301","reason":"closed",
            """
            + """
            "time":"2026-11-30T09:08:07.006+00:00","suppressed":2}
            """,
            request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500 Oops", "answered with 500")]
    [InlineData("302 Found\r\nLocation: http://192.0.2.1/", "answered with 302")]
    public async Task Any_answer_but_2xx_is_a_failure(string answer, string error)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var heard = Answer(listener, answer);
        var address = new Uri($"http://{listener.LocalEndpoint}/");
        Assert.Equal(error, await HookActions.Of(Any with { Post = address })(
            Call, TestContext.Current.CancellationToken));
        await heard;
    }

    [Fact]
    public void Readiness_is_of_no_backend()
    {
        var ready = new HookCall(new(HookKind.NotReady, 0, "", "stopping", default), 0);
        var body = JsonDocument.Parse(PostHook.BodyOf(ready)).RootElement;
        Assert.Equal("not-ready", body.GetProperty("event").GetString());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("backend").ValueKind);
        Assert.Contains(("BALANCER_BACKEND", ""), ProgramHook.VariablesOf(ready));
    }

    static bool IsGone(int pid)
    {
        try
        {
            // Whoever has been killed and is not yet taken note of by its parent is gone, too.
            return File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return true;
        }
    }

    static async Task<string> Answer(TcpListener listener, string status)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var request = new StringBuilder();
        var buffer = new byte[4096];
        while (!request.ToString().EndsWith('}'))
        {
            var length = await stream.ReadAsync(buffer);
            Assert.NotEqual(0, length);
            request.Append(Encoding.UTF8.GetString(buffer.AsSpan(..length)));
        }
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"));
        return request.ToString();
    }

    static Task<string?> Run(string[] arguments) =>
        HookActions.Of(Any with { Run = arguments })(Call, CancellationToken.None)
            .Within("the end of the program");

    // For sh to read: a program that was only just written may still be busy.
    string Script(string text)
    {
        var path = _directory["script"];
        File.WriteAllText(path, $"{text}\n");
        return path;
    }
}
