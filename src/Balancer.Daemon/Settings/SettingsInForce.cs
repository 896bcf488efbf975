// RELOAD: the configuration file once more, while we run.
//
// SIGHUP says so, or the file itself: its directory is watched, so that a file that is renamed into
// place is seen as well as one that is written where it lies; what comes within a fifth of a second
// is one change. The file is read on another thread, with the same flags and the same environment
// as at the start. If anything is wrong with it, nothing changes, and one line of the log names
// file, line and key. If all is right, what can change while we run is put in force, on each loop
// in one turn, and every difference is a line: the setting, what it was, what it is. What needs a
// restart is named and does not happen; so it is again at the next reload, until somebody restarts.
//
// Not promised: that all loops change at one instant; that the file is watched where inotify is not
// to be had (SIGHUP still reads it), or when its whole directory is replaced.

using System.Reactive;
using System.Reactive.Concurrency;
using System.Reactive.Linq;
using System.Reactive.Subjects;
using Balancer.Daemon.Narration;
using Balancer.Daemon.Supervision;

namespace Balancer.Daemon.Settings;

/// <summary>What is in force now, and the reloads that change it.</summary>
internal sealed class SettingsInForce : IDisposable
{
    private readonly BehaviorSubject<DaemonOptions> _inForce;
    private readonly Narrator _narrator;
    private readonly Notifier _notifier;
    private readonly IDisposable _reloading;
    private readonly IReadOnlyList<Worker> _workers;

    /// <summary>Begins to listen.</summary>
    /// <param name="options">What was asked for at the start.</param>
    /// <param name="wishes">Somebody wants the file to be read anew.</param>
    /// <param name="changes">The file has changed.</param>
    /// <param name="workers">Where settings are in force.</param>
    /// <param name="narrator">Told of it.</param>
    /// <param name="notifier">The supervisor is told, too.</param>
    public SettingsInForce(
        DaemonOptions options, IObservable<Unit> wishes, IObservable<Unit> changes,
        IReadOnlyList<Worker> workers, Narrator narrator, Notifier notifier)
    {
        _inForce = new(options);
        (_workers, _narrator, _notifier) = (workers, narrator, notifier);
        _reloading = options.Configured is { File: not null } configured
            ? wishes
                .Merge(changes)
                .Select(_ => Observable.FromAsync(
                    () => Reload(configured), TaskPoolScheduler.Default))
                .Concat()
                .Subscribe(_ => { }, narrator.Failed)
            : wishes.Subscribe(_ => narrator.NothingToReload());
    }

    /// <summary>Now, and whenever it changes; on any thread.</summary>
    public IObservable<DaemonOptions> Options => _inForce.AsObservable();

    /// <inheritdoc/>
    public void Dispose() => _reloading.Dispose();

    // Whoever reloads by a supervisor waits for the second of the two.
    private async Task Reload(Configured configured)
    {
        _notifier.Reloading();
        await Read(configured);
        _notifier.Ready();
    }

    private async Task Read(Configured configured)
    {
        var (wanted, refusals) = configured.Read();
        if (wanted is null)
        {
            _narrator.SettingsRefused(refusals);
            return;
        }
        var now = _inForce.Value;
        var next = SettingsTable.Reloaded(now, wanted);
        if (SettingRules.WhyNot([], next) is { } reason)
        {
            _narrator.SettingsRefused([$"{configured.File}: not without a restart: {reason}"]);
            return;
        }
        try
        {
            await Task.WhenAll(_workers.Select(worker => worker.Ask(() => worker.Settle(next))));
            _inForce.OnNext(next);
            // What follows from it on the loops, as the file's pins, is done before it is told.
            await Task.WhenAll(_workers.Select(worker => worker.Ask(() => Unit.Default)));
        }
        catch (ObjectDisposedException)
        {
            // A loop has ended: nobody is left to go by anything.
            return;
        }
        Tell(now, next, wanted);
    }

    private void Tell(DaemonOptions before, DaemonOptions now, DaemonOptions wanted)
    {
        var (changed, waiting) = (0, 0);
        foreach (var setting in SettingsTable.All)
        {
            // Sockets that were handed over are where they are.
            if (before.Given is not null && setting.Name is ("bind" or "port"))
                continue;
            var (old, next) = (setting.Show(before), setting.Show(wanted));
            if (old == next)
                continue;
            if (setting.Show(now) == next)
            {
                changed++;
                _narrator.SettingChanged(setting.Key, old, next);
            }
            else
            {
                waiting++;
                _narrator.SettingWaits(setting.Key, old, next);
            }
        }
        _narrator.SettingsReloaded(changed, waiting);
    }
}
