using System.Text;
using Balancer.Daemon;
using Balancer.Daemon.Hooks;
using Balancer.Daemon.Settings;
using Xunit;

namespace Balancer.EndToEndTests.Hooks;

/// <summary>Hooks in the configuration file.</summary>
public sealed class HookReaderTests
{
    [Fact]
    public void A_program_and_an_address_are_read_with_their_times()
    {
        var hooks = Read("""
            [
              // What an operator writes.
              { "on": ["up", "down"], "run": ["/usr/local/bin/x", "arg", ""] },
              { "on": ["not-ready"], "post": "http://127.0.0.1:8080/hook?a=b",
                "deadline": "250ms", "every": "1m" },
            ]
            """);
        Assert.Equal([HookKind.Up, HookKind.Down], hooks[0].On);
        Assert.Equal(["/usr/local/bin/x", "arg", ""], hooks[0].Run);
        Assert.Equal(
            (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1)),
            (hooks[0].Deadline, hooks[0].Every));
        Assert.Equal([HookKind.NotReady], hooks[1].On);
        Assert.Equal("http://127.0.0.1:8080/hook?a=b", hooks[1].Post!.ToString());
        Assert.Equal(
            (TimeSpan.FromMilliseconds(250), TimeSpan.FromMinutes(1)),
            (hooks[1].Deadline, hooks[1].Every));
    }

    [Fact]
    public void No_hooks_are_an_empty_list() => Assert.Empty(Read("[]"));

    [Theory]
    [InlineData("7", 1, "hooks 7: not a list ([…])")]
    [InlineData("[7]", 1, "hooks 7: not an object ({…})")]
    [InlineData("[{}]", 1,
        "hooks: on is missing (up, down, drained, ready or not-ready)")]
    [InlineData("[{\"on\": [\"up\"]}]", 1, "hooks: one of run and post is wanted")]
    [InlineData("[{\"on\": [\"up\"],\n\"run\": [\"/x\"],\n\"post\": \"http://a/\"}]", 1,
        "hooks: one of run and post is wanted")]
    [InlineData("[{\"on\":\n[]}]", 2, "hooks.on: an empty list")]
    [InlineData("[{\"on\":\n[\"upp\"]}]", 2,
        "hooks.on \"upp\": not an event (up, down, drained, ready or not-ready)")]
    [InlineData("[{\"on\": [\"up\"],\n\"run\": \"/x y\"}]", 2,
        "hooks.run \"/x y\": not a list ([…])")]
    [InlineData("[{\"on\": [\"up\"],\n\"run\": [\"x\"]}]", 2,
        "hooks.run \"x\": not a path from /")]
    [InlineData("[{\"on\": [\"up\"], \"run\": [\"/x\",\n7]}]", 2,
        "hooks.run 7: not a text in quotes")]
    [InlineData("[{\"on\": [\"up\"], \"post\": \"https://a/\"}]", 1,
        "hooks.post \"https://a/\": https is not spoken here: run curl, or a proxy on this host")]
    [InlineData("[{\"on\": [\"up\"], \"post\": \"a\"}]", 1,
        "hooks.post \"a\": not an address as http://127.0.0.1:8080/hook")]
    [InlineData("[{\"on\": [\"up\"], \"run\": [\"/x\"], \"deadline\": \"1h\"}]", 1,
        "hooks.deadline \"1h\": not a time (as 250ms, 5s, 1m or 1h) from 100ms to 5m")]
    [InlineData("[{\"on\": [\"up\"],\n\"when\": 1}]", 2,
        "hooks.when: no such key; there are on, run, post, deadline, every")]
    public void What_is_no_hook_is_refused_by_line_and_key(string text, int line, string reason)
    {
        var refused = Assert.Throws<ConfigException>(() => Read(text));
        Assert.Equal((line, reason), (refused.Line, refused.Message));
    }

    [Fact]
    public void More_than_32_are_refused()
    {
        var many = string.Join(',', Enumerable.Repeat("{\"on\":[\"up\"],\"run\":[\"/x\"]}", 33));
        Assert.Equal(
            "hooks: more than 32 of them",
            Assert.Throws<ConfigException>(() => Read($"[{many}]")).Message);
    }

    static IReadOnlyList<HookOptions> Read(string hooks)
    {
        var root = ConfigParser.Parse(Encoding.UTF8.GetBytes($"{{\"hooks\": {hooks}}}"));
        return SettingsTable.Named("hooks").OfFile(root.Members[0].Value)(new()).Hooks;
    }
}
