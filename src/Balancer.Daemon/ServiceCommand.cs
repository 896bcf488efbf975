using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Daemon.Control;
using Balancer.Daemon.Control.Recordings;
using Balancer.Daemon.Handover;
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

    /// <summary>Serves until stopped, or in another one's stead until that has ended; the exit
    /// code.</summary>
    public static int Run(DaemonOptions options)
    {
        var supervisor = Supervisor.OfProcess();
        if (supervisor.Refused is { } refused)
            return Refuse(null, CommandLineRefusal.Line(refused));
        // Until somebody listens, these would end the process: ignored while we start.
        using var early = Signals.Report
            .Merge(Signals.Record).Merge(Signals.Reload).Subscribe();
        var exitCode = Serve(options, supervisor.Value, out var standsIn);
        using (standsIn)
            return standsIn?.Run() ?? exitCode;
    }

    static int Serve(DaemonOptions options, Supervisor supervisor, out StandIn? standsIn)
    {
        standsIn = null;
        using var logs = Logs.Create(options.Log);
        var narrator = new Narrator(logs.Logger);
        narrator.Starting();
        if (SettingRules.IsOpenToAll(options.Core.SocketDirectory))
            narrator.WritableByAll(options.Core.SocketDirectory);
        Predecessor? predecessor = null;
        try
        {
            predecessor = Predecessor.Find(options);
            using var given = predecessor?.Listeners
                ?? (supervisor.Sockets.Count > 0 ? GivenSockets.Of(supervisor.Sockets) : null);
            options = given?.Into(options) ?? options;
            using var daemon = new Daemon(
                Drawn(options), narrator.Failed, predecessor?.Prospects);
            if (options.User is { } user)
                Become(user, options, narrator);
            using var door = new ControlDoor(options.Door, narrator, predecessor);
            using var notifier = new Notifier(
                supervisor.NotifySocket, narrator.SupervisorIsDeaf);
            using var upgrade = new Upgrade(
                daemon, door.HttpDescriptor, predecessor, supervisor, notifier, narrator);
            var finished = Serve(
                daemon, options, door, narrator, logs, upgrade, notifier, supervisor.Watchdog);
            standsIn = upgrade.StandIn;
            return finished ? 0 : CutShort;
        }
        catch (DoorException e)
        {
            narrator.NoDoor(e.Message);
            return Refuse(predecessor, CommandLineRefusal.Line($"--control or --http {e.Message}"));
        }
        catch (PrivilegesException e)
        {
            narrator.NotTheUser(e.Message);
            return Refuse(predecessor, CommandLineRefusal.Line(e.Message));
        }
        catch (GivenSocketsException e)
        {
            narrator.NotGiven(e.Message);
            return Refuse(predecessor, CommandLineRefusal.Line(e.Message));
        }
        catch (HandoverException e)
        {
            narrator.NotTakenOver(e.Message);
            return Refuse(predecessor, CommandLineRefusal.Line(e.Message));
        }
        catch (BindException e)
        {
            narrator.NotListening(e);
            return Refuse(
                predecessor,
                CommandLineRefusal.ForListener(e.Address, e.Port, e.Transport, e.Error));
        }
        finally
        {
            predecessor?.Dispose();
        }
    }

    static int Refuse(Predecessor? predecessor, string line)
    {
        predecessor?.Refuse(line);
        Console.Error.WriteLine(line);
        return CommandLineRefusal.ExitCode;
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

    static bool Serve(
        Daemon daemon, DaemonOptions options, ControlDoor door, Narrator narrator, Logs logs,
        Upgrade upgrade, Notifier notifier, TimeSpan? watchdog)
    {
        var predecessor = upgrade.Predecessor;
        using var told = new CompositeDisposable();
        var loop = daemon.Workers[0].Scheduler;
        var counts = new HookCounts();
        var status = new StatusOfAll(daemon.Workers, logs, counts, predecessor?.Counts);
        told.Add(status);
        foreach (var worker in daemon.Workers)
            told.Add(narrator.Of(worker.Share).Tell(worker.Facts));
        told.Add(Signals.Report
            .Select(_ => status.Now(Narrator.BusiestRemotes))
            .Concat()
            .Subscribe(narrator.Report));
        told.Add(new Flights(
            daemon.Workers, options.Flight, Signals.Record.Select(_ => Unit.Default), narrator));
        upgrade.Status = status;
        var context = new DoorContext(daemon.Workers, status) { Upgrade = upgrade };
        told.Add(context);
        told.Add(new Meters(context));
        var inForce = InForce(daemon, options, narrator, notifier);
        told.Add(inForce);
        told.Add(inForce.Options.Subscribe(now => logs.Settle(now.Log.Level)));
        // Who has been replaced heeds no settings any more.
        told.Add(upgrade.Replaced.Subscribe(_ => inForce.Dispose()));
        foreach (var worker in daemon.Workers)
            told.Add(new FilePins(worker, daemon.Workers.Count, inForce.Options));
        // While another process serves, the hooks are its own to call.
        using var served = new AsyncSubject<Unit>();
        IReadOnlyList<HookOptions> none = [];
        var calls = served.Select(_ => true)
            .StartWith(predecessor is null)
            .Merge(upgrade.Replaced.Select(_ => false))
            .Concat(Observable.Never<bool>());
        var hooks = new HookRunner(
            daemon.Workers,
            inForce.Options
                .CombineLatest(calls, (now, isOurs) => isOurs ? now.Hooks : none)
                .DistinctUntilChanged(),
            counts, narrator);
        told.Add(hooks);
        var supervised = new Supervised(
            notifier, watchdog, daemon.Workers, status, DefaultScheduler.Instance);
        told.Add(supervised);
        // Ended first: what it shows is still there then.
        using var opened = new SerialDisposable();
        // Who asks there, is to be answered by the process that serves.
        told.Add(upgrade.Replaced.ObserveOn(TaskPoolScheduler.Default).Subscribe(
            _ => opened.Disposable = Disposable.Empty));
        using var failed = new AsyncSubject<Unit>();
        var hasFailed = false;
        var finished = daemon.Run(
            Stops(upgrade, options, narrator).Do(_ =>
                {
                    context.Stop();
                    if (upgrade.IsReplaced)
                        return;
                    hooks.Stop();
                    supervised.Stopping();
                })
                .Merge(failed.Select(_ => (TimeSpan?)null))
                .Merge((predecessor?.Gone ?? Observable.Never<Unit>())
                    .Select(_ => (TimeSpan?)null)),
            serving: () =>
            {
                if (predecessor is not null)
                {
                    new Thread(TakeOver) { Name = "upgrade", IsBackground = true }.Start();
                    return;
                }
                Announce();
                supervised.Serving();
            });
        if (upgrade.IsReplaced)
            upgrade.TellLast();
        if (finished)
            hooks.Finish();
        narrator.Stopped(
            daemon.Workers.Sum(worker => worker.Plane.Data.InFlight),
            daemon.Workers.Sum(worker => worker.Plane.Streams.Count));
        return finished && !hasFailed;

        void Announce()
        {
            told.Add(narrator.Summarize(() => status.Now(), loop));
            daemon.Workers[0].Listeners.Udp.ToList().ForEach(
                udp => narrator.Listening(udp.Address, udp.Port));
            opened.Disposable = door.Open(context);
        }

        void TakeOver()
        {
            try
            {
                predecessor!.TakeOver(daemon);
            }
            catch (Exception e) when (e is HandoverException or ObjectDisposedException)
            {
                narrator.NotTakenOver(e.Message);
                predecessor!.Refuse(e.Message);
                hasFailed = true;
                failed.OnNext(default);
                failed.OnCompleted();
                return;
            }
            served.OnNext(default);
            served.OnCompleted();
            narrator.TookOver(daemon.Workers.Sum(worker => worker.Plane.Remotes.Count));
            Announce();
            door.Opening.Wait();
            predecessor.Settle(narrator);
            // Said by both: he listens to the main process only, and that is us by now.
            notifier.Tell($"MAINPID={Environment.ProcessId}");
            supervised.Serving();
        }
    }

    // One who has been replaced finishes on its own; told to stop then, it hurries.
    static IObservable<TimeSpan?> Stops(Upgrade upgrade, DaemonOptions options, Narrator narrator)
    {
        var told = Signals.Stop
            .Do(signal =>
            {
                narrator.Stopping(signal);
                upgrade.Cancel();
            })
            .SelectMany(_ => upgrade.IsReplaced
                ? Observable.Timer(options.Core.StopPatience, TaskPoolScheduler.Default)
                : Observable.Return(0L))
            .Select(_ => (TimeSpan?)null);
        return told.Merge(upgrade.Replaced.Select(_ => (TimeSpan?)Upgrade.FinishPatience));
    }
}
