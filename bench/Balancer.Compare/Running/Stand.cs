using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Balancer.Compare.Contenders;
using Balancer.Daemon.Demo;

namespace Balancer.Compare.Running;

/// <summary>A load and what it cost the contender.</summary>
sealed record Slice(LoadReport Load, TimeSpan Cpu)
{
    public double MicrosecondsPerAnswer => Cpu.TotalMicroseconds / Load.Answered;

    /// <summary>How much of a core it took, in per cent.</summary>
    public double Busy => 100 * Cpu / TimeSpan.FromSeconds(Load.Seconds);
}

// STAND: a contender in front of four backends, each a process, all in a directory of their own and
// on ports that were free a moment ago. Whatever was started ends with it.
//
// Backends are named 5301 to 5304 and answer 192.0.2.1 to 192.0.2.4, so that a probe can tell who
// answered it.
sealed class Stand : IDisposable
{
    public const int BackendCount = 4;
    const int FirstName = 5301;
    static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(10);
    static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(150);
    static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);

    readonly Bench _bench;
    readonly Behind _behind;
    readonly Place _place;
    readonly IReadOnlyList<int> _others;
    readonly IReadOnlyList<string> _answering;
    readonly Child?[] _backends = new Child?[BackendCount];

    Stand(
        Bench bench, Behind behind, IReadOnlyList<int> others, IReadOnlyList<string> answering)
    {
        _bench = bench;
        _behind = behind;
        _answering = answering;
        _others = others;
        var directory = Directory.CreateDirectory(bench.NextPath("stand"));
        var sockets = directory.CreateSubdirectory("sockets");
        _place = new(
            directory.FullName, FreePort.ForBoth(), sockets.FullName,
            [.. Enumerable.Range(0, BackendCount).Select(_ => FreePort.ForBoth())]);
    }

    public int Port => _place.Port;

    public Child Contender { get; private set; } = null!;

    /// <summary>From before it was started to its first answer.</summary>
    public TimeSpan FirstAnswer { get; private set; }

    /// <param name="bench">Where.</param>
    /// <param name="contender">Who.</param>
    /// <param name="everywhere">Contender, load and backends on all cores.</param>
    /// <param name="answering">Arguments for the backends, beyond those they always get.</param>
    public static async Task<Stand> Set(
        Bench bench, Contender contender, bool everywhere, params string[] answering)
    {
        var cores = bench.Cores;
        var stand = new Stand(
            bench, contender.Behind, everywhere ? cores.All : cores.Others, answering);
        try
        {
            for (var backend = 0; backend < BackendCount; backend++)
                await stand.StartBackend(backend);
            await stand.StartContender(contender, everywhere ? cores.All : cores.Contender);
            return stand;
        }
        catch
        {
            stand.Dispose();
            throw;
        }
    }

    /// <summary>Starts a backend, the first time or again, and waits until it listens.</summary>
    public async Task StartBackend(int backend)
    {
        EndPoint at = _behind is Behind.Sockets
            ? new UnixDomainSocketEndPoint(Path.Combine(_place.Sockets, $"{FirstName + backend}"))
            : new IPEndPoint(IPAddress.Loopback, _place.Backends[backend]);
        _backends[backend]?.Dispose();
        var child = Child.Start(
            new(
                _bench.Tools.Answer,
                ["-a", $"192.0.2.{backend + 1}", .. _answering, $"{at}"]),
            _bench.Cores, _others, Path.Combine(_place.Directory, $"backend-{backend + 1}"));
        _backends[backend] = child;
        var since = Stopwatch.GetTimestamp();
        while (!Listens(at))
        {
            child.MustRun();
            if (Stopwatch.GetElapsedTime(since) > ReadyWithin)
                throw new Unmeasurable($"backend {at} does not listen");
            await Task.Delay(Look, _bench.Stop);
        }
    }

    /// <summary>A backend's process: the one that was started last.</summary>
    public Child Backend(int backend) => _backends[backend]!;

    /// <summary>SIGKILL; when this returns the kernel has closed its connections.</summary>
    public void KillBackend(int backend) => Backend(backend).Kill();

    /// <summary>Has a load begin; whoever calls waits for it, or stops it.</summary>
    public Asking Begin(Load load) => Asking.Begin(
        load, _bench.Tools.Load, Port, start => _bench.Cores.On(_others, start));

    /// <summary>Runs a load against the contender and reads what it cost.</summary>
    public async Task<Slice> Measure(Load load)
    {
        var before = Usage.Of(Contender.Id);
        using var asking = Begin(load);
        var report = await asking.Report(_bench.Stop);
        if (report.Answered == 0)
            throw new Unmeasurable($"{string.Join(' ', load.Arguments)}: nothing was answered");
        Contender.MustRun();
        return new(report, Usage.Of(Contender.Id).Cpu - before.Cpu);
    }

    /// <summary>The same after a moment of it, so that what is lazy has been done.</summary>
    public async Task<Slice> MeasureWarm(Load load)
    {
        await Measure(load.For(_bench.WarmUp));
        return await Measure(load.For(_bench.Seconds));
    }

    public void Dispose()
    {
        Contender?.Dispose();
        foreach (var backend in _backends)
            backend?.Dispose();
        Directory.Delete(_place.Directory, recursive: true);
    }

    async Task StartContender(Contender contender, IReadOnlyList<int> on)
    {
        var command = contender.Start(_place);
        using var probe = new Probe(Port, IPAddress.Loopback);
        var since = Stopwatch.GetTimestamp();
        Contender = Child.Start(
            command, _bench.Cores, on, Path.Combine(_place.Directory, contender.Name));
        while (!probe.First.IsCompleted)
        {
            Contender.MustRun();
            if (Stopwatch.GetElapsedTime(since) > ReadyWithin)
                throw new Unmeasurable($"{contender.Name} does not answer");
            await Task.WhenAny(probe.First, Task.Delay(ReadyWithin / 100, _bench.Stop));
            _bench.Stop.ThrowIfCancellationRequested();
        }
        FirstAnswer = Stopwatch.GetElapsedTime(since, (await probe.First).Answered);
        await Task.Delay(Settling, _bench.Stop);    // the other three backends, too
    }

    static bool Listens(EndPoint at)
    {
        using var socket = new Socket(at.AddressFamily, SocketType.Stream, 0);
        try
        {
            socket.Connect(at);
            return true;
        }
        catch (SocketException)
        {
            return false;   // not yet; the caller counts the time
        }
    }
}
