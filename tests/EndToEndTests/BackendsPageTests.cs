using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>docs/backends.md: what it shows is taken out of it, and run.</summary>
public sealed class BackendsPageTests
{
    const string Established = "backend socket established";

    static readonly Page Backends = Page.At("docs/backends.md");

    [Fact]
    public async Task The_server_in_python_answers_over_udp_and_tcp_beats_and_is_met_again()
    {
        Programs.Require("python3", "--version");
        using var directory = new TestDirectory();
        using var scripts = new TestDirectory();
        await File.WriteAllTextAsync(
            scripts["server.py"], Backends.Code("python"),
            TestContext.Current.CancellationToken);
        await using var balancer = await BalancerProcess.Start(directory.Path, "-l", "trace");
        var client = balancer.Client("127.1.0.7");

        await using (var first = await Start(scripts["server.py"], directory["5301"]))
        {
            await balancer.SaysOf("5301", Established);
            await client.AskUntilAnswered();
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(
                    ["backend=5301 client=127.1.0.7 transport=udp"],
                    (await client.AskUdp()).Texts);
                Assert.Equal(
                    ["backend=5301 client=127.1.0.7 transport=tcp"],
                    (await client.AskTcp()).Texts);
            }
            using (var stream = await client.OpenTcp())
            {
                // Two questions in one write, and an end: both are answered, and then it ends.
                await stream.Send((byte[])
                [
                    .. WireBytes.Message(DnsMessage.Query(1, "a.test")),
                    .. WireBytes.Message(DnsMessage.Query(2, "b.test")),
                ]);
                stream.EndSending();
                Assert.Equal(1, DnsMessage.Read(await stream.NextMessage()).Id);
                Assert.Equal(2, DnsMessage.Read(await stream.NextMessage()).Id);
                await stream.ExpectEnd();
            }
            await balancer.SaysOf("5301", "received heartbeat reply");
            first.Send(Signal.Kill);
            await first.Exit();
        }
        var mark = balancer.Log.Count;
        await using var second = await Start(scripts["server.py"], directory["5301"]);
        await balancer.SaysOf("5301", Established, mark);
        Assert.Equal("5301", (await client.AskUntilAnswered()).Backend);
    }

    [Fact]
    public async Task The_server_for_node_answers()
    {
        NodeModules.Require();
        using var directory = new TestDirectory();
        using var scripts = new TestDirectory();
        const string path = "/run/balancer/backends/5302";
        var code = Backends.Code("js");
        Assert.Contains(path, code, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            scripts["server.js"], code.Replace(path, directory["5302"]),
            TestContext.Current.CancellationToken);
        await using var balancer = await BalancerProcess.Start(directory.Path);
        await using var server = ChildProcess.Start(
            "node", ["--no-deprecation", scripts["server.js"]],
            new Dictionary<string, string?>
            {
                ["NODE_PATH"] = Path.Combine(NodeModules.Directory, "node_modules"),
            });
        await balancer.IsServedBy("5302");
        var answer = await balancer.Client("127.1.0.7").AskUntilAnswered();
        Assert.Equal(["hello"], answer.Texts);
    }

    static async Task<ChildProcess> Start(string script, string path)
    {
        var server = ChildProcess.Start("python3", [script, path]);
        await server.Output.WaitFor(line => line == "listening", "\"listening\"");
        return server;
    }
}
