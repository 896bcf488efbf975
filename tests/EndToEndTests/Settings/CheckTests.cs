using System.Net;
using System.Net.Sockets;
using Balancer.Backend;
using Balancer.Daemon.Demo;
using Balancer.EndToEndTests.Support;
using Xunit;
using FreePort = Balancer.EndToEndTests.Support.FreePort;

namespace Balancer.EndToEndTests.Settings;

/// <summary><c>balancer check</c>: what is found is a line each, and nothing is changed.</summary>
public sealed class CheckTests : IDisposable
{
    readonly TestDirectory _directory = new();
    readonly TestDirectory _elsewhere = new();

    public void Dispose()
    {
        _directory.Dispose();
        _elsewhere.Dispose();
    }

    [Fact]
    public async Task What_would_serve_is_fine()
    {
        var port = FreePort.Take();
        using var backend = Answering(_directory["5301"]);
        var (code, lines) = await Check(
            "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{port}",
            "--control", _elsewhere["control.sock"]);
        Assert.Equal(
            [
                $"ok    socketDirectory would be {_directory.Path}",
                "ok    bind would be 127.0.0.1",
                $"ok    port would be {port}",
                $"ok    control would be {_elsewhere["control.sock"]}",
                $"ok    UDP on 127.0.0.1:{port} can be had",
                $"ok    TCP on 127.0.0.1:{port} can be had",
                $"ok    {_directory.Path} has 1 socket",
                "ok    backend 5301 says HELLO",
                $"ok    {_elsewhere["control.sock"]} can be had as the control socket",
            ],
            lines);
        Assert.Equal(0, code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_elsewhere.Path));
    }

    [Fact]
    public async Task Who_is_silent_or_not_there_is_named()
    {
        using var silent = Bound("5302");
        silent.Listen();
        using var deaf = Bound("5303");
        var (code, lines) = await Check(
            "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{FreePort.Take()}",
            "--control", "off");
        Assert.Equal(1, code);
        Assert.Contains("bad   backend 5302 is silent for 2 s", lines);
        Assert.Contains("bad   backend 5303: nobody listens there (ECONNREFUSED)", lines);
    }

    [Theory]
    [InlineData(SocketType.Dgram, "UDP")]
    [InlineData(SocketType.Stream, "TCP")]
    public async Task A_port_that_is_in_use_is_bad(SocketType type, string transport)
    {
        var port = FreePort.Take();
        using var taken = new Socket(AddressFamily.InterNetwork, type, default);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, port));
        if (type is SocketType.Stream)
            taken.Listen();
        var (code, lines) = await Check(
            "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{port}", "--control", "off");
        Assert.Equal(1, code);
        Assert.Contains(lines, line => line.StartsWith(
            $"bad   {transport} on 127.0.0.1:{port}: in use", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_balancer_that_runs_is_noticed_and_not_harmed()
    {
        var control = _elsewhere["control.sock"];
        using var backend = Answering(_directory["5301"]);
        await using var balancer = await BalancerProcess.Start(
            _directory.Path, "--control", control);
        await balancer.IsServedBy("5301");
        await balancer.Says("control socket is open");
        var (code, lines) = await Check(
            "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{balancer.Port}",
            "--control", control);
        Assert.Equal(1, code);
        Assert.Contains($"note  a balancer runs, and answers at {control}", lines);
        Assert.Contains("ok    backend 5301 says HELLO", lines);
        await balancer.Client("127.0.0.9").AskUdp();
    }

    [Fact]
    public async Task An_empty_directory_is_worth_a_note()
    {
        var (code, lines) = await Check(
            "-s", _directory.Path, "-b", "127.0.0.1", "-p", $"{FreePort.Take()}",
            "--control", "off");
        Assert.Equal(0, code);
        Assert.Contains(
            $"note  {_directory.Path} has no sockets: nobody could be served yet", lines);
    }

    [Fact]
    public async Task All_that_is_wrong_in_a_file_is_told()
    {
        var file = _elsewhere["b.json"];
        File.WriteAllText(file, "{\n\"port\": 0,\n\"prot\": 1}");
        await using var check = BalancerProcess.Run(["check", "--config", file]);
        Assert.Equal(1, await check.Exit());
        Assert.Equal(
            [
                $"balancer: {file}:2: port 0: not a port (1 to 65535)",
                $"balancer: {file}:3: prot: no such setting; port is meant?",
            ],
            check.Errors.All);
    }

    Socket Bound(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, default);
        socket.Bind(new UnixDomainSocketEndPoint(_directory[name]));
        return socket;
    }

    static BackendServer Answering(string path)
    {
        var server = BackendServer.Listen(path);
        server.Queries.Subscribe(query => query.Answer(
            DemoAnswers.To(query.Message.Span, "backend", IPAddress.Loopback)!));
        return server;
    }

    static async Task<(int Code, IReadOnlyList<string> Lines)> Check(params string[] arguments)
    {
        await using var check = BalancerProcess.Run(["check", .. arguments]);
        var code = await check.Exit();
        Assert.Empty(check.Errors.All);
        return (code, check.Output.All);
    }
}
