using System.Reactive.Concurrency;
using System.Reactive.Disposables;
using Balancer.Rx.Time;

namespace Balancer.Rx.Remotes;

/// <summary>That a client shall stay with a backend.</summary>
/// <param name="Backend">Which; it may have ceased to exist since.</param>
/// <param name="Since">When that was ordered.</param>
/// <param name="Until">When it ends by itself; null: never.</param>
/// <param name="End">The timer of its end.</param>
internal sealed record Pin(
    BackendId Backend, DateTimeOffset Since, DateTimeOffset? Until, IDisposable End);

/// <summary>
/// Who is pinned, known or not: at most so many, each until its time is over, if it has one.
/// </summary>
internal sealed class Pins(int limit, Clockwork clockwork) : IDisposable
{
    private readonly Dictionary<ClientAddress, Pin> _pins = [];

    /// <summary>How many there are.</summary>
    public int Count => _pins.Count;

    /// <summary>How many were asked for when there was no room.</summary>
    public long Refused { get; private set; }

    /// <summary>Who, and where to.</summary>
    public IEnumerable<KeyValuePair<ClientAddress, Pin>> All => _pins;

    /// <summary>Whether this one is pinned.</summary>
    public bool Has(ClientAddress client) => _pins.ContainsKey(client);

    /// <summary>The pin of this one; null: it has none.</summary>
    public Pin? Of(ClientAddress client) => _pins.GetValueOrDefault(client);

    /// <summary>Pins it, instead of the last pin if it has one; false: there is no room.</summary>
    /// <param name="client">Whom.</param>
    /// <param name="backend">Where to.</param>
    /// <param name="span">For how long; null: for ever.</param>
    /// <param name="isOver">Called when its time is over; it is still there then.</param>
    public bool TrySet(
        ClientAddress client, BackendId backend, TimeSpan? span, Action<ClientAddress> isOver)
    {
        if (!Has(client) && Count >= limit)
        {
            Refused++;
            return false;
        }
        Remove(client);
        var now = clockwork.Now;
        // A time beyond all times is none.
        var until = span is { } time && time < DateTimeOffset.MaxValue - now ? now + time
            : (DateTimeOffset?)null;
        Set(client, backend, now, until, isOver);
        return true;
    }

    /// <summary>Pins it as it was pinned before; it must have no pin.</summary>
    public void Set(
        ClientAddress client, BackendId backend, DateTimeOffset since, DateTimeOffset? until,
        Action<ClientAddress> isOver)
    {
        var end = until is { } at
            ? clockwork.For(TimerKind.PinEnd, client).Schedule(at, () => isOver(client))
            : Disposable.Empty;
        _pins.Add(client, new(backend, since, until, end));
    }

    /// <summary>It is pinned no longer; what it was, or null.</summary>
    public Pin? Remove(ClientAddress client)
    {
        if (!_pins.Remove(client, out var pin))
            return null;
        pin.End.Dispose();
        return pin;
    }

    /// <summary>Nobody is pinned.</summary>
    public void Clear()
    {
        foreach (var pin in _pins.Values)
            pin.End.Dispose();
        _pins.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => Clear();
}
