// DEPARTURES: a live backend that gets no new queries.
//
// Either its socket file is gone or is another process's by now, so that this one is on its way
// out (binder unlinks first, and exits then); or an operator has said so. It keeps its session,
// answers what it owes, and stands in where nobody else can carry. Where another process waits
// behind the same name, the session ends as soon as nothing is owed, and that one is connected to.
//
// Not promised: that the process behind a new socket file is any better than the one it replaces.

using System.Reactive.Linq;
using Balancer.Rx.Time;

namespace Balancer.Rx.Backends;

/// <summary>Whether and why a backend leaves, as streams.</summary>
internal static class Departures
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    private const int LooksPerFact = 10;

    /// <summary>Why it leaves; null: it does not. At once, then every change.</summary>
    /// <param name="states">Where its session stands.</param>
    /// <param name="incarnations">Which file the directory shows; null while none.</param>
    /// <param name="isGone">Whether the directory showed none before.</param>
    /// <param name="ordered">Whether it was told to leave.</param>
    /// <param name="options">Whether a missing file means anything.</param>
    public static IObservable<LeavingBecause?> Of(
        IObservable<Session> states, IObservable<long?> incarnations, bool isGone,
        IObservable<bool> ordered, BalancerOptions options)
    {
        var gone = incarnations
            .Select(incarnation => options.DrainOnUnlink && incarnation is null)
            .StartWith(options.DrainOnUnlink && isGone);
        return Observable
            .CombineLatest(states, gone, ordered, (state, gone, isOrdered) =>
                isOrdered ? LeavingBecause.Ordered
                : IsLeft(state, gone, options) ? LeavingBecause.SocketGone
                : (LeavingBecause?)null)
            .DistinctUntilChanged();
    }

    /// <summary>How many of its remotes a backend is given in this state.</summary>
    public static int PartsOf(Session state, LeavingBecause? leaving) => state switch
    {
        not Session.Live => BackendShare.Whole,
        _ when leaving is not null => 0,
        Session.Live { Fitness.IsAiling: true } => 0,
        Session.Live { Trust: Trust.Full } => BackendShare.Whole,
        Session.Live { Trust: Trust.Warming warming } => warming.Parts,
        _ => 0,
    };

    /// <summary>What is to be told of it.</summary>
    public static IObservable<BalancerEvent> Told(
        this IObservable<LeavingBecause?> leaving, BackendSession session, Clockwork clockwork) =>
        leaving
            .SkipWhile(reason => reason is null)
            .Select(reason => reason is { } why
                ? Leaves(session, why, clockwork)
                : Stays(session))
            .Switch();

    /// <summary>Ends the session of a backend that another process has replaced.</summary>
    public static IObservable<Signal> Replacements(
        IObservable<Session> states, BackendSession session, BalancerOptions options,
        Clockwork clockwork) => states
            .Select(state => state is Session.Live { Superseded: true } && options.DrainOnUnlink
                ? state.Attempt
                : null)
            .DistinctUntilChanged()
            .Select(attempt => attempt is { } number
                ? Observable
                    .Interval(
                        LookEvery, clockwork.For(TimerKind.ReplacementLook, session.Id))
                    .Where(look => session.Owed == 0
                        || (look + 1) * LookEvery >= options.DrainPatience)
                    .Take(1)
                    .Select(_ => new Signal.Replaced(number))
                : Observable.Never<Signal>())
            .Switch();

    private static bool IsLeft(Session state, bool isGone, BalancerOptions options) =>
        state is Session.Live live && (isGone || live.Superseded && options.DrainOnUnlink);

    private static IObservable<BalancerEvent> Leaves(
        BackendSession session, LeavingBecause why, Clockwork clockwork)
    {
        var (id, path) = (session.Id, session.Backend.Path);
        var looks = Observable.Interval(LookEvery, clockwork.For(TimerKind.LeavingLook, id))
            .Select(look => (At: look + 1, session.Owed))
            .TakeUntil(look => look.Owed == 0);
        var progress = looks
            .Where(look => look.Owed == 0 || look.At % LooksPerFact == 0)
            .Select(look => look.Owed == 0
                ? (BalancerEvent)new BalancerEvent.BackendDrained(id, path, look.At * LookEvery)
                : new BalancerEvent.BackendOwes(id, path, look.Owed));
        return progress.StartWith(new BalancerEvent.BackendLeaving(id, path, why));
    }

    // A session that is over has left for good.
    private static IObservable<BalancerEvent> Stays(BackendSession session) =>
        session.State is Session.Live
            ? Observable.Return<BalancerEvent>(
                new BalancerEvent.BackendStays(session.Id, session.Backend.Path))
            : Observable.Empty<BalancerEvent>();
}
