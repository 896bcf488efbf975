using System.Net;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Daemon.Control;
using Balancer.Daemon.Hooks;
using Balancer.Daemon.Narration;
using Balancer.Rx;

namespace Balancer.Daemon.Demo;

/// <summary>
/// <c>balancer demo</c>: the daemon in front of three backends of its own, and who went where,
/// live.
/// </summary>
static class DemoCommand
{
    const int LinesPerSecond = 20;

    static readonly string Program = Environment.ProcessPath ?? "balancer";

    /// <summary>Serves until stopped; the exit code.</summary>
    public static int Run(DemoOptions options)
    {
        using var logs = Logs.Create(options.Log);
        var narrator = new Narrator(logs.Logger);
        using var backends = DemoBackends.Start(Program);
        using var door = DemoDoor.Take(narrator);
        using var daemon = OnThatPortOrAnother(options, backends.Directory, narrator);
        using var status = new StatusOfAll(daemon.Workers, logs, new HookCounts());
        using var context = new DoorContext(daemon.Workers, status);
        // Ended first: what it shows is still there then.
        using var opened = new SerialDisposable();
        var worker = daemon.Workers[0];
        using var telling = narrator.Tell(worker.Facts);
        using var lines = WhoWentWhere(backends.Answers, worker.Scheduler)
            .Subscribe(Console.WriteLine);
        using var restarts = backends.Processes
            .Skip(DemoBackends.Count)
            .Subscribe(backend => Console.WriteLine(
                $"backend {backend.Backend} has died and is started again: process "
                + $"{backend.Process}"));
        using var introduction = worker.Facts
            .Where(fact => fact.Value is BalancerEvent.BackendEstablished)
            .Skip(DemoBackends.Count - 1)
            .Take(1)
            .Subscribe(_ => Introduce(
                worker.Listeners.Udp[0].Port, options.Port, backends, door));
        var finished = daemon.Run(
            Signals.Stop.Do(_ => context.Stop()).Select(_ => (TimeSpan?)null),
            serving: () => opened.Disposable = door.Open(context));
        Console.WriteLine("stopped; the directory is removed");
        return finished ? 0 : ServiceCommand.CutShort;
    }

    static Daemon OnThatPortOrAnother(DemoOptions options, string directory, Narrator narrator)
    {
        var wanted = ServiceCommand.Drawn(new()
        {
            Addresses = [IPAddress.Loopback],
            Port = options.Port,
            Core = BalancerOptions.Default with { SocketDirectory = directory },
        });
        try
        {
            return new(wanted, narrator.Failed);
        }
        catch (BindException)
        {
            return new(wanted with { Port = FreePort.ForBoth() }, narrator.Failed);
        }
    }

    static void Introduce(int port, int wanted, DemoBackends backends, ControlDoor door)
    {
        var (victim, process) = backends.Processes.Take(DemoBackends.Count).ToList().Wait()[1];
        if (port != wanted)
            Console.WriteLine($"port {wanted} cannot be had, so this is port {port}");
        Console.WriteLine(
            $"""
            Balancer listens on 127.0.0.1:{port}, UDP and TCP, in front of three backends in
            {backends.Directory}

              dig @127.0.0.1 -p {port} example.com TXT +short
              dig @127.0.0.1 -p {port} example.com TXT +short +tcp
              dig @127.0.0.1 -p {port} example.com TXT +short -b 127.0.0.5

            The answer names the backend. To look at it, in another terminal or in a browser; and
            to see what happens when backend {victim} is killed (it is started again a second
            later):

              {Typed} status --watch{Where(door)}
              http://{door.Http}/
              kill -9 {process}

            Ctrl-C ends it. Who went where:
            """);
    }

    // Of a second demo the verbs would not find the socket by themselves.
    static string Where(ControlDoor door) =>
        door.Path is null || door.Path == DemoDoor.Usual ? "" : $" --control {door.Path}";

    // As it would be typed here.
    static string Typed
    {
        get
        {
            var relative = Path.GetRelativePath(Environment.CurrentDirectory, Program);
            return relative.StartsWith("..", StringComparison.Ordinal) ? Program : relative;
        }
    }

    // Once a second, one line per client, backend and transport.
    static IObservable<string> WhoWentWhere(
        IObservable<DemoAnswer> answers, IScheduler scheduler) => answers
            .Buffer(TimeSpan.FromSeconds(1), scheduler)
            .SelectMany(second => second
                .GroupBy(answer => answer)
                .Take(LinesPerSecond)
                .Select(same => $"{same.Key.Client} -> backend {same.Key.Backend}   "
                    + $"{same.Count()} x {same.Key.Transport}"));
}
