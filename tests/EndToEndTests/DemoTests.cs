using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Balancer.Daemon.Demo;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>The demo: <c>balancer demo</c> as a process, and its backends by themselves.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_answers_sticks_and_leaves_nothing_behind()
    {
        using var temporary = new TestDirectory();
        await using var demo = Start(temporary);
        var port = await PortOf(demo);
        foreach (var address in (string[])["127.0.0.1", "127.4.0.2", "127.4.0.3"])
        {
            var client = new DnsAsker(IPAddress.Parse(address), port);
            var first = await client.AskUdp();
            Assert.Equal(address, first.Client);
            Assert.Equal(first.Backend, (await client.AskUdp()).Backend);
            Assert.Equal(first.Backend, (await client.AskTcp()).Backend);
            Assert.Single((await client.AskUdp(type: DnsMessage.A)).Addresses);
        }
        var made = Assert.Single(Directory.GetDirectories(temporary.Path, "balancer-demo-*"));
        const UnixFileMode ownerOnly =
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(ownerOnly, File.GetUnixFileMode(made));

        demo.Send(Signal.Interrupt);
        Assert.Equal(0, await demo.Exit());
        Assert.False(Directory.Exists(made));
    }

    [Fact]
    public async Task A_second_demo_takes_another_port_and_says_which()
    {
        using var temporary = new TestDirectory();
        await using var first = Start(temporary);
        await using var second = Start(temporary);
        var ports = await Task.WhenAll(PortOf(first), PortOf(second));
        Assert.NotEqual(ports[0], ports[1]);
        foreach (var port in ports)
            Assert.Equal("udp", (await new DnsAsker(IPAddress.Loopback, port).AskUdp()).Transport);
    }

    [Fact]
    public async Task Its_backends_name_themselves_and_the_client()
    {
        string directory;
        using (var backends = DemoBackends.Start(BalancerProcess.Binary))
        using (var answers = new Arrivals<DemoAnswer>(backends.Answers))
        {
            directory = backends.Directory;
            Assert.Equal(3, Directory.GetFiles(directory).Length);
            using var session = await WirePeer.OpenSession(Path.Combine(directory, "5302"));
            var client = WireBytes.Client("10.0.0.7", 4321);
            foreach (var (type, id) in ((ushort, ushort)[])[(DnsMessage.Txt, 1), (DnsMessage.A, 2)])
            {
                await session.Send(WireBytes.Datagram(Rx.Protocol.FrameType.InboundUdp, client,
                    DnsMessage.Query(id, "any.name.test", type, ednsSize: 1232)));
                var reply = DnsMessage.Read((await session.NextFrame()).Data);
                Assert.Equal((id, 0), (reply.Id, reply.Code));
                if (type == DnsMessage.A)
                    Assert.Equal([IPAddress.Parse("127.0.0.2")], reply.Addresses);
                else
                    Assert.Equal(["backend=5302 client=10.0.0.7 transport=udp"], reply.Texts);
                Assert.Equal(new("5302", "10.0.0.7", "UDP"), await answers.Next());
            }
        }
        Assert.False(Directory.Exists(directory));
    }

    [Fact]
    public async Task A_backend_that_is_killed_is_started_again_and_told_of()
    {
        using var temporary = new TestDirectory();
        await using var demo = Start(temporary);
        var client = new DnsAsker(IPAddress.Parse("127.4.0.9"), await PortOf(demo));
        var line = await demo.Output.WaitFor(said => KillLine().IsMatch(said), "a kill line");

        using (var victim = Process.GetProcessById(int.Parse(
            KillLine().Match(line).Groups["pid"].Value, CultureInfo.InvariantCulture)))
            victim.Kill();

        await demo.Output.WaitFor(
            said => said.StartsWith("backend 5302 has died", StringComparison.Ordinal),
            "that it is started again");
        Assert.StartsWith("530", (await client.AskUdp()).Backend);
    }

    [Fact]
    public void What_is_no_question_gets_the_code_that_says_so()
    {
        var query = DnsMessage.Query(1, "a.test");
        Assert.Equal(0, CodeFor(query));
        Assert.Equal(0, CodeFor(DnsMessage.Query(1, "a.test", type: 28)));
        Assert.Equal(0, CodeFor(DnsMessage.Query(1, "")));
        // Cut anywhere behind the header, or with two questions, it cannot be read.
        for (var length = 12; length < query.Length; length++)
            Assert.Equal(1, CodeFor(query.AsSpan(..length)));
        byte[] two = [.. query];
        two[5] = 2;
        Assert.Equal(1, CodeFor(two));
        byte[] pointing = [.. query.AsSpan(..12), 0xC0, 12, 0, 16, 0, 1];
        Assert.Equal(1, CodeFor(pointing));
        byte[] notify = [.. query];
        notify[2] = 4 << 3;
        Assert.Equal(4, CodeFor(notify));
        // And an answer, or less than a header, gets none.
        byte[] answer = [.. query];
        answer[2] |= 0x80;
        Assert.Null(DemoAnswers.To(answer, "", IPAddress.Loopback));
        Assert.Null(DemoAnswers.To(query.AsSpan(..11), "", IPAddress.Loopback));
    }

    static int CodeFor(ReadOnlySpan<byte> query) =>
        DnsMessage.Read(DemoAnswers.To(query, "text", IPAddress.Loopback)).Code;

    static ChildProcess Start(TestDirectory temporary) =>
        BalancerProcess.Run(["demo"], ("TMPDIR", temporary.Path));

    /// <summary>The port in the ready-made line: <c>dig @127.0.0.1 -p 5300 …</c>.</summary>
    static async Task<int> PortOf(ChildProcess demo)
    {
        var line = await demo.Output.WaitFor(said => DigLine().IsMatch(said), "a dig line");
        return int.Parse(DigLine().Match(line).Groups["port"].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^ +kill -9 (?<pid>\d+)$")]
    private static partial Regex KillLine();

    [GeneratedRegex(@"dig\b.*@127\.0\.0\.1.*-p ?(?<port>\d+)")]
    private static partial Regex DigLine();
}
