using System.Reactive.Concurrency;
using Balancer.Rx.Backends;
using Balancer.Rx.Handover;
using Balancer.Rx.Recording;
using Balancer.Rx.Remotes;

namespace Balancer.Rx;

// To another process, and from one (Handover/Estate.cs). Between turns only.
public sealed partial class ControlPlane
{
    private bool _isHeir;

    /// <summary>The same as the public one, for one that is to take the place of another: the
    /// backends have their numbers and their orders already, and the remotes come by
    /// <see cref="Inherit"/>. Until then nothing may be read.</summary>
    internal ControlPlane(
        Ports ports, BalancerOptions options, Action<Exception> failed, IScheduler scheduler,
        Estate? prospects)
        : this(ports, options, failed, scheduler, new Recorder(scheduler), null, prospects)
    {
    }

    /// <summary>What an heir begins with, to meet the backends: no remotes.</summary>
    internal Estate Prospects => EstateOf(Remotes.MemoryOf([]), gone: [], isLast: false);

    /// <summary>The backends that are given all or some of their remotes now.</summary>
    internal IEnumerable<BackendId> Fit =>
        Sessions.Items.Where(session => session.IsFit).Select(session => session.Id);

    /// <summary>Takes stock, for an heir.</summary>
    internal Bequest Bequeath() => new(this, _scheduler.Now);

    /// <summary>Takes this over, on top of what it has.</summary>
    /// <exception cref="TapeException">It does not fit what has been found here meanwhile; nothing
    /// was taken over.</exception>
    internal void Inherit(Estate estate)
    {
        _taker.Number(estate.Numbers);
        foreach (var id in estate.Drained.Except(_orders.Drained))
            _inherited.OnNext(new BackendCommand.Drain(id));
        foreach (var id in _orders.Drained.Except(estate.Drained).ToList())
            _inherited.OnNext(new BackendCommand.Enable(id));
        foreach (var backend in estate.Backends)
        {
            if (Sessions.Lookup(backend.Id) is { HasValue: true } found)
                found.Value.Inherit(backend);
        }
        Remotes.Inherit(estate);
        foreach (var (remote, history) in estate.Remotes.Remotes.Zip(estate.Histories))
            Routes.Recall(remote.Address, history);
        _isHeir = !estate.IsLast;
    }

    internal Estate EstateOf(
        RemotesMemory remotes, IReadOnlyList<ClientAddress> gone, bool isLast) => new(
            isLast, _taker.Numbers, [.. _orders.Drained],
            [.. Sessions.Items.Select(session => session.Estate)],
            remotes, [.. remotes.Remotes.Select(Routes.HistoryOf)], gone);
}
