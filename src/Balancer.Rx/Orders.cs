using System.Collections.Immutable;
using System.Reactive.Disposables;
using System.Reactive.Linq;

namespace Balancer.Rx;

/// <summary>
/// What operators have ordered: the backends that shall be drained, kept for as long as nobody says
/// otherwise, whatever becomes of their processes. Only those that are known can be named, so
/// their number has the bound of the backends'.
/// </summary>
internal sealed class Orders : IDisposable
{
    private static readonly IImmutableSet<BackendId> Nobody = ImmutableHashSet<BackendId>.Empty;

    private readonly IObservable<IImmutableSet<BackendId>> _drained;
    private readonly CompositeDisposable _connections;

    /// <param name="commands">As they come.</param>
    /// <param name="isKnown">Whether a backend exists.</param>
    /// <param name="drained">Those that shall be drained already.</param>
    public Orders(
        IObservable<BackendCommand> commands, Func<BackendId, bool> isKnown,
        IReadOnlyList<BackendId>? drained = null)
    {
        var before = Nobody.Union(drained ?? []);
        var heard = commands.Publish();
        var now = heard
            .Where(command => isKnown(command.Id))
            .Scan(before, Obeyed)
            .StartWith(before)
            .Do(ids => Drained = ids)
            .Replay(1);
        _drained = now;
        Refused = heard
            .Where(command => !isKnown(command.Id))
            .Select(command => new BalancerEvent.CommandRefused(command.Id));
        _connections = [now.Connect(), heard.Connect()];
    }

    /// <summary>Those that name nobody.</summary>
    public IObservable<BalancerEvent> Refused { get; }

    /// <summary>Those that shall be drained now.</summary>
    public IReadOnlyCollection<BackendId> Drained { get; private set; } = Nobody;

    /// <summary>Whether this one shall be drained; at once, then every change.</summary>
    public IObservable<bool> Drains(BackendId id) => _drained.Select(ids => ids.Contains(id));

    /// <inheritdoc/>
    public void Dispose() => _connections.Dispose();

    private static IImmutableSet<BackendId> Obeyed(
        IImmutableSet<BackendId> drained, BackendCommand command) => command switch
        {
            BackendCommand.Drain drain => drained.Add(drain.Id),
            BackendCommand.Enable enable => drained.Remove(enable.Id),
            _ => drained,
        };
}
