using Balancer.Backend;
using Balancer.Daemon;
using Balancer.EndToEndTests.Support;
using Xunit;

namespace Balancer.EndToEndTests;

/// <summary>Root to bind, nobody in particular to serve; and who may write where backends are.
/// </summary>
public sealed class PrivilegesTests : IDisposable
{
    static readonly Account Nobody = Users.OfSystem.AccountOf($"{OtherUser.Uid}")
        ?? new("nobody", OtherUser.Uid, OtherUser.Uid);

    readonly TestDirectory _directory = new();
    readonly TestDirectory _control = new();

    public void Dispose()
    {
        _control.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Started_by_root_it_binds_and_serves_as_the_user_with_no_capability_left()
    {
        OtherUser.Require();
        using var backend = BackendServer.Listen(_directory["5301"]);
        using var answering = backend.Queries.Subscribe(query =>
        {
            var answer = query.Message.ToArray();
            answer[2] |= 0x80;
            query.Answer(answer);
        });
        foreach (var path in new[] { _directory.Path, _directory["5301"], _control.Path })
            OtherUser.Give(path, OtherUser.Uid);
        var control = _control["control.sock"];
        await using var balancer = await BalancerProcess.Start(
            _directory.Path, "--user", Nobody.Name, "--loops", "2", "--control", control);
        await balancer.Says("root is given up");
        await balancer.Says("control socket is open");
        await balancer.IsServedBy("5301");
        await balancer.Client("127.9.9.1").AskUntilAnswered();
        await balancer.Client("127.9.9.2").AskTcpUntilAnswered();
        Assert.True(File.Exists(control));

        var threads = Directory.GetDirectories($"/proc/{balancer.Id}/task");
        Assert.True(threads.Length > 2);
        foreach (var thread in threads)
        {
            var uid = $"{Nobody.Uid}";
            Assert.Equal([uid, uid, uid, uid], Status(thread, "Uid"));
            Assert.DoesNotContain("0", Status(thread, "Gid").Concat(Status(thread, "Groups")));
            foreach (var set in new[] { "CapPrm", "CapEff", "CapAmb" })
                Assert.Equal(["0000000000000000"], Status(thread, set));
        }
        Assert.Equal(["1"], Status($"/proc/{balancer.Id}", "NoNewPrivs"));

        balancer.Send(Signal.Terminate);
        Assert.Equal(0, await balancer.Exit());
        Assert.False(File.Exists(control));
        Assert.Empty(balancer.Errors);
    }

    [Fact]
    public async Task A_directory_that_the_user_may_not_read_is_told_at_once()
    {
        OtherUser.Require();
        Assert.Equal(
            $"balancer: --socket-directory {_directory.Path}: {Nobody.Name} may not read it",
            await Refusal("--user", Nobody.Name));
    }

    [Fact]
    public async Task A_user_that_nobody_knows_is_refused() => Assert.Equal(
        "balancer: --user no-such-user: no such user in /etc/passwd",
        await Refusal("--user", "no-such-user"));

    [Fact]
    public void Only_root_can_become_another_user()
    {
        Assert.Null(Privileges.WhyNot(Nobody, now: 0));
        Assert.Equal(
            $"--user {Nobody.Name}: only root can become another user, and this is uid 1000",
            Privileges.WhyNot(Nobody, now: 1000));
    }

    [Theory]
    [InlineData("777")]
    [InlineData("1777")]
    public async Task A_directory_that_everybody_may_write_to_is_refused(string mode)
    {
        OtherUser.Open(_directory, mode);
        Assert.Equal(
            $"balancer: --socket-directory {_directory.Path}: writable by everybody, who could "
            + "remove backends; --writable-directory allows that",
            await Refusal());
        await using var allowed = await BalancerProcess.Start(
            _directory.Path, "--writable-directory");
        await allowed.Says("socket directory is writable by everybody");
    }

    async Task<string> Refusal(params string[] arguments)
    {
        await using var refused = BalancerProcess.Run(
        [
            "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{FreePort.Take()}",
            "--control", "off", .. arguments,
        ]);
        Assert.Equal(1, await refused.Exit());
        return Assert.Single(refused.Errors.All);
    }

    static string[] Status(string process, string field) =>
    [
        .. File.ReadLines(Path.Combine(process, "status"))
            .Where(line => line.StartsWith($"{field}:", StringComparison.Ordinal))
            .SelectMany(line => line.Split(
                [':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries).Skip(1)),
    ];
}
