using System.Reactive;
using System.Reactive.Disposables;
using System.Reactive.Linq;
using System.Threading.Channels;
using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.Daemon.Control;

/// <summary>
/// A drain under way, over all loops: the facts that tell of it, and with each of them a look at
/// how it stands. Disposed, it is only no longer watched.
/// </summary>
internal sealed class Draining : IDisposable
{
    private const int FactsKept = 256;

    // A reader that does not read gets the latest when it does.
    private readonly Channel<(int Loop, Timestamped<BalancerEvent> Fact)> _facts =
        Channel.CreateBounded<(int, Timestamped<BalancerEvent>)>(
            new BoundedChannelOptions(FactsKept) { FullMode = BoundedChannelFullMode.DropOldest });

    private readonly CompositeDisposable _following = [];
    private readonly int _backend;
    private readonly (Worker Worker, BackendId Id)[] _loops;

    private Draining(int backend, (Worker, BackendId)[] loops) =>
        (_backend, _loops) = (backend, loops);

    /// <summary>Orders it, on every loop that knows the backend.</summary>
    public static async Task<Draining> Begin(DoorContext door, int backend, BackendNames names)
    {
        var draining = new Draining(backend,
        [
            .. door.Workers
                .Select(worker => (worker, Id: names.In(worker.Share.Index, backend)))
                .Where(loop => loop.Id is not null)
                .Select(loop => (loop.worker, loop.Id!.Value)),
        ]);
        await Task.WhenAll(draining._loops.Select(loop => loop.Worker.Ask(() =>
        {
            draining.Follow(loop.Worker, loop.Id);
            return loop.Worker.Order(new BackendCommand.Drain(loop.Id));
        })));
        return draining;
    }

    /// <summary>Tells how it goes, until it is done or, if nobody waits, once.</summary>
    public async Task Report(OrderLines lines, bool wait)
    {
        while (true)
        {
            var looks = await Task.WhenAll(_loops.Select(
                loop => loop.Worker.Ask(() => Look.At(loop.Worker.Plane, loop.Id), lines.Gone)));
            while (_facts.Reader.TryRead(out var told))
                await lines.Tell(told.Loop, [told.Fact]);
            var owed = looks.Sum(look => look.Owed);
            if (looks.Any(look => look.IsTakenBack))
            {
                await lines.Done(
                    $"{_backend} was enabled meanwhile: it is not drained", isDone: false);
                return;
            }
            if (!wait || owed == 0 || looks.Any(look => look.StillCarries))
            {
                await lines.Done(Text(looks, owed));
                return;
            }
            // While something is owed the core tells so each second, and when nothing is any more.
            await _facts.Reader.WaitToReadAsync(lines.Gone);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _following.Dispose();

    // An error of the stream is the narrator's to tell.
    private void Follow(Worker worker, BackendId id) => _following.Add(worker.Facts
        .Where(fact => IsProgress(fact.Value) && History.BackendOf(fact.Value) == id)
        .Subscribe(fact => _facts.Writer.TryWrite((worker.Share.Index, fact)), _ => { }));

    private static bool IsProgress(BalancerEvent fact) => fact is BalancerEvent.BackendLeaving
        or BalancerEvent.BackendOwes or BalancerEvent.BackendDrained or BalancerEvent.BackendStays
        or BalancerEvent.BackendFaulted or BalancerEvent.BackendForgotten;

    private string Text(Look[] looks, int owed)
    {
        const string until = "until it is enabled";
        if (looks.Any(look => look.StillCarries))
        {
            return looks.Any(look => look.StoresBackups)
                ? $"{_backend} keeps its clients, since backups are stored (--compat); newcomers "
                    + $"go to others, {until}"
                : $"{_backend} is to be drained, but nobody else can carry: it goes on serving all "
                    + $"until another can, and is given nothing from then on {until}";
        }
        return !looks.Any(look => look.IsLive)
            ? $"{_backend} is not live; it is given nothing when it is, {until}"
            : owed > 0
            ? $"{_backend} owes {owed} answer{(owed == 1 ? "" : "s")}, and is given nothing {until}"
            : $"{_backend} is drained: it owes nothing, and is given nothing {until}";
    }

    // One look at one loop.
    private readonly record struct Look(
        int Owed, bool IsLive, bool IsTakenBack, bool StillCarries, bool StoresBackups)
    {
        public static Look At(ControlPlane plane, BackendId id)
        {
            if (plane.Sessions.Lookup(id) is not { HasValue: true, Value: var session })
                return default;
            var isLive = session.State is Session.Live;
            return new(
                plane.Data.Lanes.FirstOrDefault(lane => lane.Id == id)?.Owed ?? 0,
                isLive,
                session.Leaving != LeavingBecause.Ordered,
                isLive && (plane.Routes.PartsOf(id) > 0 || plane.Routes.StoresBackups),
                plane.Routes.StoresBackups);
        }
    }
}
