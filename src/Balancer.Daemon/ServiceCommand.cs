using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using Balancer.Daemon.Control;
using Balancer.Daemon.Control.Recordings;
using Balancer.Daemon.Hooks;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Native;
using Balancer.Daemon.Settings;
using Balancer.Daemon.Sockets;
using Balancer.Daemon.Supervision;

namespace Balancer.Daemon;

/// <summary><c>balancer -s DIR</c>: the daemon under a supervisor or in a terminal.</summary>
static class ServiceCommand
{
    /// <summary>The exit code of a run that a second signal cut short.</summary>
    public const int CutShort = 1;

    const uint Root = 0;

    /// <summary>Serves until stopped; the exit code.</summary>
    public static int Run(DaemonOptions options)
    {
        var supervisor = Supervisor.OfProcess();
        if (supervisor.Refused is { } refused)
            return Refuse(refused);
        // Until somebody listens, these would end the process: ignored while we start.
        using var early = Signals.Report
            .Merge(Signals.Record).Merge(Signals.Reload).Subscribe();
        using var logs = Logs.Create(options.Log);
        var narrator = new Narrator(logs.Logger);
        narrator.Starting();
        if (SettingRules.IsOpenToAll(options.Core.SocketDirectory))
            narrator.WritableByAll(options.Core.SocketDirectory);
        try
        {
            using var given = supervisor.Value.Sockets is { Count: > 0 } sockets
                ? GivenSockets.Of(sockets)
                : null;
            if (given is not null)
                options = given.Into(options);
            using var daemon = new Daemon(Drawn(options), narrator.Failed);
            if (options.User is { } user)
                Become(user, options, narrator);
            using var door = new ControlDoor(options.Door, narrator);
            using var notifier = new Notifier(
                supervisor.Value.NotifySocket, narrator.SupervisorIsDeaf);
            return Serve(daemon, options, door, narrator, logs, notifier, supervisor.Value.Watchdog)
                ? 0
                : CutShort;
        }
        catch (DoorException e)
        {
            narrator.NoDoor(e.Message);
            return Refuse($"--control or --http {e.Message}");
        }
        catch (PrivilegesException e)
        {
            narrator.NotTheUser(e.Message);
            return Refuse(e.Message);
        }
        catch (GivenSocketsException e)
        {
            narrator.NotGiven(e.Message);
            return Refuse(e.Message);
        }
        catch (BindException e)
        {
            var line = CommandLineRefusal.ForListener(e.Address, e.Port, e.Transport, e.Error);
            narrator.NotListening(e);
            Console.Error.WriteLine(line);
            return CommandLineRefusal.ExitCode;
        }
    }

    /// <summary>These options with everything that is drawn by lot, drawn, with no more
    /// connections than there are descriptors for, and with backends of named users only.</summary>
    public static DaemonOptions Drawn(DaemonOptions options) => options with
    {
        Core = options.Core.Within(options.Loops) with
        {
            Seed = LibC.Random<int>() & int.MaxValue,
            HashSeed = LibC.Random<ulong>(),
            BackendOwners = new HashSet<uint>(
            [
                Root, LibC.GetEffectiveUid(), options.User?.Uid ?? Root, .. options.BackendUsers,
            ]),
        },
    };

    static void Become(Account user, DaemonOptions options, Narrator narrator)
    {
        if (Privileges.Become(user))
            narrator.Became(user);
        Privileges.EnsureReach(user, options);
    }

    static SettingsInForce InForce(
        Daemon daemon, DaemonOptions options, Narrator narrator, Notifier notifier)
    {
        var changes = options.Configured?.File is { } file
            ? ConfigWatch.Of(file, daemon.Workers[0].Scheduler, narrator)
            : Observable.Never<Unit>();
        return new(
            options, Signals.Reload.Select(_ => Unit.Default), changes, daemon.Workers, narrator,
            notifier);
    }

    static int Refuse(string reason)
    {
        Console.Error.WriteLine(CommandLineRefusal.Line(reason));
        return CommandLineRefusal.ExitCode;
    }

    static bool Serve(
        Daemon daemon, DaemonOptions options, ControlDoor door, Narrator narrator, Logs logs,
        Notifier notifier, TimeSpan? watchdog)
    {
        using var told = new CompositeDisposable();
        var loop = daemon.Workers[0].Scheduler;
        var counts = new HookCounts();
        var status = new StatusOfAll(daemon.Workers, logs, counts);
        told.Add(status);
        foreach (var worker in daemon.Workers)
            told.Add(narrator.Of(worker.Share).Tell(worker.Facts));
        told.Add(narrator.Summarize(() => status.Now(), loop));
        told.Add(Signals.Report
            .Select(_ => status.Now(Narrator.BusiestRemotes))
            .Concat()
            .Subscribe(narrator.Report));
        told.Add(new Flights(
            daemon.Workers, options.Flight, Signals.Record.Select(_ => Unit.Default), narrator));
        var context = new DoorContext(daemon.Workers, status);
        told.Add(context);
        told.Add(new Meters(context));
        var inForce = InForce(daemon, options, narrator, notifier);
        told.Add(inForce);
        told.Add(inForce.Options.Subscribe(now => logs.Settle(now.Log.Level)));
        foreach (var worker in daemon.Workers)
            told.Add(new FilePins(worker, daemon.Workers.Count, inForce.Options));
        var hooks = new HookRunner(
            daemon.Workers, inForce.Options.Select(now => now.Hooks).DistinctUntilChanged(),
            counts, narrator);
        told.Add(hooks);
        var supervised = new Supervised(
            notifier, watchdog, daemon.Workers, status, DefaultScheduler.Instance);
        told.Add(supervised);
        // Ended first: what it shows is still there then.
        using var opened = new SerialDisposable();
        var finished = daemon.Run(
            Signals.Stop.Do(signal =>
            {
                context.Stop();
                hooks.Stop();
                supervised.Stopping();
                narrator.Stopping(signal);
            }),
            serving: () =>
            {
                daemon.Workers[0].Listeners.Udp.ToList().ForEach(
                    udp => narrator.Listening(udp.Address, udp.Port));
                opened.Disposable = door.Open(context);
                supervised.Serving();
            });
        if (finished)
            hooks.Finish();
        narrator.Stopped(
            daemon.Workers.Sum(worker => worker.Plane.Data.InFlight),
            daemon.Workers.Sum(worker => worker.Plane.Streams.Count));
        return finished;
    }
}
