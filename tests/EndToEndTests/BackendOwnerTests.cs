using System.Net;
using Balancer.Backend;
using Balancer.Daemon.Demo;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>
/// W25: who can write the directory is no DNS server by that. A socket must be owned by root, by
/// the balancer's user or by a --backend-user, and so must the process behind it.
/// </summary>
public sealed class BackendOwnerTests : IDisposable
{
    const string Ours = "5301", Others = "5302";
    const string Ignored = "backend socket of a user who is not allowed (ignored)";
    const string Refused = "backend run by a user who is not allowed";

    readonly TestDirectory _directory = new();
    readonly TestDirectory _elsewhere = new();
    readonly List<IDisposable> _servers = [];

    public BackendOwnerTests() => OtherUser.Require();

    public void Dispose()
    {
        _servers.ForEach(server => server.Dispose());
        _directory.Dispose();
        _elsewhere.Dispose();
    }

    [Theory]
    [InlineData()]
    [InlineData("--compat")]
    public async Task W25_a_socket_of_another_user_is_ignored_until_it_is_allowed(
        params string[] flags)
    {
        Serve(_directory[Ours], Ours);
        Serve(_directory[Others], Others);
        OtherUser.Give(_directory[Others], OtherUser.Uid);
        await using (var balancer = await BalancerProcess.Start(_directory.Path, flags))
        {
            var line = await balancer.Says(Ignored);
            Assert.Equal(_directory[Others], line["socket_path"]);
            Assert.Equal($"--backend-user {line["owner"]}", line["allowed_by"]);
            await balancer.IsServedBy(Ours);
            Assert.Equal([Ours], await WhoServes(balancer));

            OtherUser.Give(_directory[Others], 0);
            await balancer.IsServedBy(Others);
            Assert.Equal([Ours, Others], await WhoServes(balancer));
            Assert.Single(balancer.Log.All, told => told.Message == Ignored);
        }

        OtherUser.Give(_directory[Others], OtherUser.Uid);
        await using var allowing = await BalancerProcess.Start(
            _directory.Path, [.. flags, "--backend-user", $"{OtherUser.Uid}"]);
        await allowing.IsServedBy(Ours, Others);
        Assert.DoesNotContain(allowing.Log.All, told => told.Message == Ignored);
    }

    [Theory]
    [InlineData()]
    [InlineData("--compat")]
    public async Task W25_a_process_of_another_user_is_refused_whoever_owns_its_socket(
        params string[] flags)
    {
        OtherUser.Open(_directory);
        OtherUser.Open(_elsewhere);
        Serve(_directory[Ours], Ours);
        Serve(_elsewhere[Others], Others);
        await using var process = await OtherUser.Serve(
            _directory[Others], behind: _elsewhere[Others]);
        OtherUser.Give(_directory[Others], 0);
        await using (var balancer = await BalancerProcess.Start(
            _directory.Path, [.. flags, "--writable-directory"]))
        {
            await balancer.Says("socket directory is writable by everybody");
            var line = await balancer.SaysOf(Others, Refused);
            Assert.Equal("not_allowed", line["cause"]);
            Assert.Contains($"run by uid {OtherUser.Uid}; --backend-user ", line["error"]);
            await balancer.SaysOf(Others, "reconnect triggered for backend");
            await balancer.IsServedBy(Ours);
            Assert.Equal([Ours], await WhoServes(balancer));
        }

        await using var allowing = await BalancerProcess.Start(
            _directory.Path,
            [.. flags, "--writable-directory", "--backend-user", $"{OtherUser.Uid}"]);
        await allowing.IsServedBy(Ours, Others);
        Assert.Equal([Ours, Others], await WhoServes(allowing));
    }

    /// <summary>Who answers clients that come for the first time, over UDP and TCP.</summary>
    static async Task<IEnumerable<string>> WhoServes(BalancerProcess balancer)
    {
        var servers = new SortedSet<string>(StringComparer.Ordinal);
        var net = Interlocked.Increment(ref _nets);
        for (var i = 1; i <= 6; i++)
        {
            var client = balancer.Client($"127.25.{net}.{i}");
            servers.Add((await client.AskUntilAnswered()).Backend);
            servers.Add((await client.AskTcpUntilAnswered()).Backend);
        }
        return servers;
    }

    static int _nets;

    void Serve(string path, string name)
    {
        var server = BackendServer.Listen(path);
        _servers.Add(server);
        server.Queries.Subscribe(query =>
        {
            var text = $"backend={name} client={query.Client.Address} transport=any";
            if (DemoAnswers.To(query.Message.Span, text, IPAddress.Loopback) is { } answer)
                query.Answer(answer);
            else
                query.Decline();
        });
    }
}
