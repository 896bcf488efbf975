using System.Reactive;
using Balancer.Daemon.Narration;
using Balancer.Rx;

namespace Balancer.Daemon.Hooks;

/// <summary>
/// How the backends stand in all loops together, as their facts tell; and what of that is news. A
/// backend is up while it has a session with every loop, and in none is silent, fails its probe or
/// has lost its socket. An ordered drain is no fall: it is told when nothing is owed any more. Each
/// loop has a word, so with several of them a backend is up last of all, and down at once.
/// </summary>
/// <param name="loops">How many there are.</param>
internal sealed class Standing(int loops)
{
    private readonly Dictionary<string, InLoop[]> _backends = [];
    private bool _isReady;
    private bool _isStopping;

    /// <summary>Whether a fact can change anything here.</summary>
    public static bool IsOfInterest(BalancerEvent fact) => ChangeOf(fact) is not null;

    /// <summary>What is news once this fact is known.</summary>
    public IEnumerable<HookEvent> Note(int loop, Timestamped<BalancerEvent> fact)
    {
        if (ChangeOf(fact.Value) is not { } change)
            yield break;
        if (!_backends.TryGetValue(change.Path, out var places))
            _backends[change.Path] = places = new InLoop[loops];
        var (wasUp, wasDrained) = (IsUp(places), IsDrained(places));
        places[loop] = change.Apply(places[loop] with { Id = change.Id });
        if (IsUp(places) != wasUp)
            yield return Told(wasUp ? HookKind.Down : HookKind.Up, change.Reason);
        if (IsDrained(places) && !wasDrained)
        {
            var others = _backends.Values.Any(other => other != places
                && other.All(place => place is { IsUp: true, IsOrdered: false }));
            yield return Told(HookKind.Drained, others ? "ordered" : "nobody_else");
        }
        if (IsReady() != _isReady)
        {
            _isReady = !_isReady;
            yield return _isReady
                ? new(HookKind.Ready, 0, "", "backend_up", fact.Timestamp)
                : new(HookKind.NotReady, 0, "", "no_backend", fact.Timestamp);
        }
        if (places.All(place => !place.IsKnown))
            _backends.Remove(change.Path);

        HookEvent Told(HookKind kind, string reason) => new(
            kind, places.First(place => place.Id != default).Id.Value, change.Path, reason,
            fact.Timestamp);
    }

    /// <summary>It was told to stop: it is not ready from then on.</summary>
    public IEnumerable<HookEvent> Stop(DateTimeOffset now)
    {
        _isStopping = true;
        if (!_isReady)
            yield break;
        _isReady = false;
        yield return new(HookKind.NotReady, 0, "", "stopping", now);
    }

    private static bool IsUp(InLoop[] places) => places.All(place => place.IsUp);

    // A loop that does not know it has nothing to drain.
    private static bool IsDrained(InLoop[] places) =>
        places.Any(place => place.IsKnown)
        && places.All(place => !place.IsKnown || place.IsDrained);

    // Distrust never leaves nobody: whoever has a session can carry.
    private bool IsReady() => !_isStopping && Enumerable.Range(0, loops).All(
        loop => _backends.Values.Any(places => places[loop].HasSession));

    private static Change? ChangeOf(BalancerEvent fact) => fact switch
    {
        BalancerEvent.BackendFound e => new(
            e.Id, e.Path, "found", place => place with { IsKnown = true }),
        BalancerEvent.BackendForgotten e => new(e.Id, e.Path, "forgotten", _ => default),
        BalancerEvent.BackendEstablished e => new(
            e.Id, e.Path, "established", place => place.Of(hasSession: true)),
        BalancerEvent.BackendFaulted { WasLive: true } e => new(
            e.Id, e.Path, Field.Of(e.Reason), place => place.Of(hasSession: false)),
        BalancerEvent.BackendReplaced e => new(
            e.Id, e.Path, "replaced", place => place.Of(hasSession: false)),
        BalancerEvent.BackendSuspected e => new(
            e.Id, e.Path, "silent", place => place with { IsSilent = true }),
        BalancerEvent.BackendStirred e => new(
            e.Id, e.Path, "heard_again", place => place with { IsSilent = false }),
        BalancerEvent.BackendAiling e => new(
            e.Id, e.Path, "fails_probe", place => place with { IsAiling = true }),
        BalancerEvent.BackendWell e => new(
            e.Id, e.Path, "passes_probe", place => place with { IsAiling = false }),
        BalancerEvent.BackendLeaving e => new(
            e.Id, e.Path, Field.Of(e.Reason), place => place with
            {
                IsLeft = e.Reason == LeavingBecause.SocketGone,
                IsOrdered = e.Reason == LeavingBecause.Ordered,
                IsDrained = false,
            }),
        BalancerEvent.BackendDrained e => new(
            e.Id, e.Path, "drained", place => place with { IsDrained = place.IsOrdered }),
        BalancerEvent.BackendStays e => new(
            e.Id, e.Path, "stays",
            place => place with { IsLeft = false, IsOrdered = false, IsDrained = false }),
        _ => null,
    };

    private sealed record Change(
        BackendId Id, string Path, string Reason, Func<InLoop, InLoop> Apply);

    private readonly record struct InLoop(
        BackendId Id, bool IsKnown, bool HasSession, bool IsSilent, bool IsAiling, bool IsLeft,
        bool IsOrdered, bool IsDrained)
    {
        public bool IsUp => HasSession && !IsSilent && !IsAiling && !IsLeft;

        // Silence and ailments are those of a session.
        public InLoop Of(bool hasSession) => this with
        {
            IsKnown = true,
            HasSession = hasSession,
            IsSilent = false,
            IsAiling = false,
        };
    }
}
