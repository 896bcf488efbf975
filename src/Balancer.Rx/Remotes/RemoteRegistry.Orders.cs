namespace Balancer.Rx.Remotes;

// What operators say about clients. A pin is kept apart from the remotes, so it is there before its
// client first asks and after it was forgotten. While its backend does not exist it has no effect:
// its client is given to another as anybody is, and back as soon as that backend exists again.
// While the backend exists and cannot carry, the client is served by its backup, as anybody.
//
// Not promised: that a pinned client is remembered when the table is full of others, who have
// proven themselves; until there is a place it is served as any stranger then.
public sealed partial class RemoteRegistry
{
    private readonly Pins _pins;

    /// <summary>Who is pinned.</summary>
    internal Pins Pinned => _pins;

    /// <summary>How many of so many established remotes may be moved in a minute.</summary>
    internal int MovesAMinute(int established) => _recent.AMinute(established);

    /// <summary>
    /// What would be decided for this client if it came now, unknown: whose it would be, and why;
    /// null: it would not be remembered.
    /// </summary>
    internal (BackendId Primary, AssignedBecause Reason)? WouldAdmit(ClientAddress client)
    {
        if (!CanAdmit
            || _cache.Count >= _options.MaxRemotes && !MayDisplace(_clockwork.Now))
        {
            return null;
        }
        var decision = Newcomer(client);
        return (decision.Remote.Primary, decision.Reason!.Value);
    }

    /// <summary>Who would be next in turn if this one were gone; null: nobody is left.</summary>
    internal BackendId? NextInTurn(BackendId without) => _choices.After(_turn, without);

    // A pin to a backend that does not exist has no effect.
    private Decision Newcomer(ClientAddress client) =>
        _pins.Of(client) is { } pin && _choices.Known.Contains(pin.Backend)
            ? Affinity.Pinned(client, pin.Backend, _turn)
            : IsChosen
            ? Affinity.Chosen(client, _turn, _choices)
            : Affinity.Newcomer(client, _turn, _choices);

    /// <summary>Does what was ordered, or says why not; the backend named is known.</summary>
    internal void Obey(BackendCommand command)
    {
        var refusal = command switch
        {
            BackendCommand.Pin pin => Obey(pin),
            BackendCommand.Unpin unpin => Unpin(unpin.Client, UnpinnedBecause.Ordered),
            BackendCommand.Move move => Obey(move),
            _ => null,
        };
        if (refusal is { } reason)
        {
            _facts.OnNext(new BalancerEvent.CommandRefused(
                command.Names ?? default, command.Kind, reason, command.Of));
        }
    }

    private RefusedBecause? Obey(BackendCommand.Pin pin)
    {
        if (!_pins.TrySet(pin.Client, pin.Backend, pin.For, EndPin))
            return RefusedBecause.TooManyPins;
        _facts.OnNext(new BalancerEvent.RemotePinned(pin.Client, pin.Backend, pin.For));
        if (Find(pin.Client) is { } remote && remote.Primary != pin.Backend)
            Assign([new(pin.Client, pin.Backend)], AssignedBecause.Pinned);
        return null;
    }

    // It counts among the moves of this minute, and is left alone like one of those.
    private RefusedBecause? Obey(BackendCommand.Move move)
    {
        if (IsChosen)
            return RefusedBecause.ChosenByWeight;
        if (Find(move.Client) is not { } remote)
            return RefusedBecause.UnknownClient;
        if (_pins.Of(move.Client) is { } pin && pin.Backend != move.Backend)
            return RefusedBecause.PinnedElsewhere;
        if (remote.Primary == move.Backend)
            return null;
        _recent.NoteOrdered(move.Client, _clockwork.Now);
        Assign([new(move.Client, move.Backend)], AssignedBecause.Moved);
        return null;
    }

    private RefusedBecause? Unpin(ClientAddress client, UnpinnedBecause reason)
    {
        if (_pins.Remove(client) is not { } pin)
            return RefusedBecause.NotPinned;
        _facts.OnNext(new BalancerEvent.RemoteUnpinned(client, pin.Backend, reason));
        GoHome([client]);
        return null;
    }

    private void EndPin(ClientAddress client) => Unpin(client, UnpinnedBecause.TimeIsOver);

    // Whose backend was gone, and exists again.
    private void RestorePins()
    {
        if (_pins.Count == 0)
            return;
        List<Remote> strayed =
        [
            .. from pinned in _pins.All
               orderby pinned.Key
               let backend = pinned.Value.Backend
               where _choices.Known.Contains(backend)
                   && Find(pinned.Key) is { } remote && remote.Primary != backend
               select new Remote(pinned.Key, backend),
        ];
        Assign(strayed, AssignedBecause.Pinned);
    }

    // A stored backup comes and goes without a word about the primary.
    private Remote Stamped(Remote remote, AssignedBecause reason) =>
        reason is AssignedBecause.PrimaryDown or AssignedBecause.PrimaryBack ? remote
        : remote.Stamped(reason, _clockwork.Now);
}
