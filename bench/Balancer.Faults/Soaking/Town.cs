using Balancer.Compare;
using Balancer.Compare.Running;
using Balancer.Daemon.Demo;

namespace Balancer.Faults.Soaking;

/// <summary>The balancer and all that it has to do with: slots for backends, rogues, a crowd.
/// </summary>
sealed class Town : IDisposable
{
    const int Fast = 4, Slow = 2, OfNode = 2, Rogues = 2;
    const int UdpAskers = 2, TcpAskers = 1, Idlers = 24;

    readonly Bench _bench;
    readonly SoakOptions _options;
    readonly string _sockets;
    readonly List<Slot> _slots = [];
    readonly List<Rogue> _rogues = [];
    int _actors;

    public Town(Bench bench, SoakOptions options)
    {
        _bench = bench;
        _options = options;
        _sockets = Directory.CreateDirectory(bench.NextPath("sockets")).FullName;
        var port = FreePort.ForBoth();
        Crowd = new(port, load => Asking.Begin(
            load, bench.Tools.Load, port, start => bench.Cores.On(bench.Cores.All, start)));
        try
        {
            Populate(port);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Child Balancer { get; private set; } = null!;

    public Crowd Crowd { get; }

    /// <summary>Those that are there at the end.</summary>
    public int Backends => _slots.Count;

    /// <summary>What was done to backends, and by rogues, until now.</summary>
    public int Events => _slots.Sum(slot => slot.Events) + _rogues.Sum(rogue => rogue.Spoilt);

    /// <summary>All of it comes and goes until it is to stop; fails if one of them fails.</summary>
    public async Task ComeAndGo(CancellationToken stop)
    {
        using var together = CancellationTokenSource.CreateLinkedTokenSource(stop);
        List<Task> actors =
        [
            .. _slots.Select(slot => slot.ComeAndGo(together.Token)),
            .. _rogues.Select(rogue => rogue.ComeAndGo(together.Token)),
            .. Cast(UdpAskers, random => Crowd.AskByUdp(random, together.Token)),
            .. Cast(TcpAskers, random => Crowd.AskByTcp(random, together.Token)),
            .. Cast(Idlers, random => Crowd.Idle(random, together.Token)),
            .. Cast(1, random => Crowd.Vandalize(random, together.Token)),
        ];
        var first = await Task.WhenAny(actors);
        await together.CancelAsync();
        await Task.WhenAll(actors).ContinueWith(
            _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        if (!first.IsCanceled)
            await first;
    }

    /// <summary>All backends are there, and no rogue is.</summary>
    public Task Restore() => Task.WhenAll(_slots.Select(slot => slot.Restore(_bench.Stop)));

    public void MustRun() => _slots.ForEach(slot => slot.MustRun());

    public void Dispose()
    {
        Balancer?.Dispose();
        _slots.ForEach(slot => slot.Dispose());
    }

    void Populate(int port)
    {
        for (var name = 5301; name < 5301 + Fast + Slow; name++)
        {
            var answering = name < 5301 + Fast ? "0" : "20";
            AddSlot($"{name}", path => new(
                _bench.Tools.Answer,
                "-a", $"192.0.2.{name - 5300}", "-d", answering, "-u", "300", path));
        }
        if (_options.Node is { } node)
            for (var name = 5311; name < 5311 + OfNode; name++)
                AddSlot($"{name}", path => new(
                    "node", "--no-deprecation", Path.Combine(node, "server.js"), path));
        for (var name = 5321; name < 5321 + Rogues; name++)
            _rogues.Add(new(Path.Combine(_sockets, $"{name}"), NextRandom()));
        Balancer = Start(
            "balancer",
            new(_bench.Tools.Balancer, "-s", _sockets, "-b", "127.0.0.1", "-p", $"{port}"));
    }

    void AddSlot(string name, Func<string, Command> command)
    {
        var path = Path.Combine(_sockets, name);
        _slots.Add(new(path, () => Start($"backend-{name}", command(path)), NextRandom()));
    }

    Child Start(string name, Command command) => Child.Start(
        command, _bench.Cores, _bench.Cores.All, Path.Combine(_bench.Directory, name));

    IEnumerable<Task> Cast(int count, Func<Random, Task> act) =>
        Enumerable.Range(0, count).Select(_ => act(NextRandom()));

    // Each has its own, so that what one draws does not depend on when others do.
    Random NextRandom() => new(HashCode(_options.Seed, _actors++));

    static int HashCode(int seed, int actor) => unchecked(seed * 7_919 + actor);
}
