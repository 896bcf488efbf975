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
            .Where(command => !NamesNobody(command))
            .Scan(before, Obeyed)
            .StartWith(before)
            .Do(ids => Drained = ids)
            .Replay(1);
        _drained = now;
        OfClients = heard.Where(command => !NamesNobody(command) && command.Kind
            is CommandKind.Pin or CommandKind.Unpin or CommandKind.Move);
        Refused = heard
            .Where(NamesNobody)
            .Select(command => new BalancerEvent.CommandRefused(
                command.Names ?? default, command.Kind, RefusedBecause.UnknownBackend,
                command.Of));
        _connections = [now.Connect(), heard.Connect()];

        bool NamesNobody(BackendCommand command) =>
            command.Names is { } named && !isKnown(named);
    }

    /// <summary>Those that say whose a client shall be (Remotes).</summary>
    public IObservable<BackendCommand> OfClients { get; }

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
