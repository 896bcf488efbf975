using Balancer.Daemon.Narration;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Routing;

namespace Balancer.Daemon.Control;

/// <summary>The sentences of an explanation.</summary>
internal sealed class ExplainWords(Explanation it, BackendNames names)
{
    /// <summary>Why it has its primary.</summary>
    public string Assigned(AssignedBecause reason, BackendId primary, DateTimeOffset at)
    {
        var (home, when) = (Name(primary), Field.Of(at));
        return reason switch
        {
            AssignedBecause.Newcomer when IsChosen =>
                $"It came at {when}, and is {home}'s: {OfThoseThatExist}.{WeightOf(primary)}",
            AssignedBecause.HighestWeight =>
                $"It has been {home}'s since {when}: {OfThoseThatExist}.{WeightOf(primary)}",
            AssignedBecause.Newcomer =>
                $"It came at {when}, and was dealt to {home}, whose turn it was."
                    + WeightOf(primary),
            AssignedBecause.PrimaryGone =>
                $"It was given to {home} at {when}, since its backend before no longer existed.",
            AssignedBecause.Rebalanced => $"It was moved to {home} at {when} to even the load.",
            AssignedBecause.Pinned => $"It was given to {home} at {when} by a pin.",
            AssignedBecause.Moved => $"It was moved to {home} at {when} by command.",
            _ => $"It has been {home}'s since {when}.",
        };
    }

    /// <summary>What a client that is not known would be.</summary>
    public string Unknown()
    {
        var idle = it.Options.RemoteIdle.TotalSeconds;
        var first = $"It is not known: it has not asked in the last {idle:0} s, or found no place "
            + "among the remotes.";
        return it.WouldBe is not { } would ? first
            : would.Reason == AssignedBecause.Pinned
            ? $"{first} If it asked now it would be {Name(would.Primary)}'s, to which it is pinned."
            : IsChosen
            ? $"{first} If it asked now it would be {Name(would.Primary)}'s: {OfThoseThatExist}."
            : $"{first} If it asked now it would be {Name(would.Primary)}'s, whose turn it is.";
    }

    /// <summary>Whom it is pinned to.</summary>
    public string Pinned(BackendId backend, DateTimeOffset since, DateTimeOffset? until)
    {
        var end = until is { } at ? $"until {Field.Of(at)}" : "until it is unpinned";
        var effect = it.Backends[backend].Session is null
            ? " That backend does not exist now: while that is so, the pin has no effect."
            : "";
        return $"It was pinned to {Name(backend)} at {Field.Of(since)}, {end}.{effect}";
    }

    /// <summary>Who serves it now, and by which rule.</summary>
    public string Served()
    {
        var route = it.Route;
        var server = route.ServedBy is { } by ? Name(by) : "nobody";
        var home = route.Primary == default ? "" : Name(route.Primary);
        var standIn = $"so {server} stands in: the highest rendezvous weight among those that "
            + $"carry.{OfStandby(route.ServedBy)}";
        return route.Because switch
        {
            RouteBecause.Primary when it.Remote is null =>
                $"{server} would serve it: its primary then. {StandingOf(route.Primary)}",
            RouteBecause.Primary => $"{server} serves it: its primary. {StandingOf(route.Primary)}",
            RouteBecause.PrimaryDown or RouteBecause.PrimaryGivenNone =>
                $"{StandingOf(route.Primary).TrimEnd('.')}, {standIn}",
            RouteBecause.NotInPart =>
                $"{home} warms up and has {route.Parts} of {BackendShare.Whole} parts of its "
                + $"remotes; this client is not among them, {standIn}",
            RouteBecause.StoredBackup =>
                $"{StandingOf(route.Primary).TrimEnd('.')}, so {server} stands in: its stored "
                + "backup, until its primary carries again.",
            RouteBecause.Stranger when route.ServedBy is not null =>
                $"{server} would serve it: the highest rendezvous weight among those that carry."
                    + OfStandby(route.ServedBy),
            _ when route.Primary != default && it.Options.Backup == BackupPolicy.RoundRobin =>
                $"{StandingOf(route.Primary)} It has no backup yet: the next in turn will be it "
                + "when it asks.",
            _ => "Nobody can serve it: no backend carries.",
        };
    }

    /// <summary>Who would serve it then.</summary>
    public string Next(BackendId served)
    {
        if (it.Next is not { } next)
            return $"If {Name(served)} went now, nobody could serve it.";
        var rule = next == it.Route.Primary ? "its primary"
            : it.Options.Backup == BackupPolicy.RoundRobin
            ? "the next in turn, if nobody comes before it"
            : it.Backends[next].Order > 0 && it.Backends[served].Order == 0
            ? "a standby, since no other would carry"
            : "the highest rendezvous weight among those that would carry";
        return $"If {Name(served)} went now, {Name(next)} would serve it: {rule}.";
    }

    private const string OfThoseThatExist =
        "the highest rendezvous weight among the backends that exist";

    private bool IsChosen => it.Options.Affinity == AffinityPolicy.Rendezvous;

    private string WeightOf(BackendId id) => it.Backends[id].Weight is > 1 and var weight
        ? $" {Name(id)} has weight {weight}."
        : "";

    private string OfStandby(BackendId? id) => id is { } by && it.Backends[by].Order > 0
        ? $" {Name(by)} is a standby: no other carries for all now."
        : "";

    /// <summary>In one word.</summary>
    public static string StateOf(BackendStanding backend) =>
        backend.Session is { } session
            ? SessionWords.Of(
                session, backend.Leaving, standsBy: backend.Order > 0 && !backend.Takes)
            : "unknown";

    // In a sentence.
    private string StandingOf(BackendId id)
    {
        var (backend, name) = (it.Backends[id], Name(id));
        return backend switch
        {
            { Session: null } => $"{name} does not exist any more.",
            { Session: Session.Live, Leaving: LeavingBecause.Ordered } =>
                $"{name} is drained by command.",
            { Session: Session.Live, Leaving: not null } =>
                $"{name} leaves: its socket file is gone, or another's.",
            { Session: Session.Live { Fitness.IsAiling: true } } => $"{name} fails its probe.",
            { Session: Session.Live { Trust: Trust.Suspect suspect } } =>
                $"{name} is suspect: it owes an answer and has been silent since before "
                + $"{Field.Of(suspect.Since)}.",
            { Session: Session.Live { Trust: Trust.HeldDown held } } =>
                $"{name} is back, and held down until {Precisely(held.Until)}.",
            { Session: Session.Live { Trust: Trust.Warming warming } } =>
                $"{name} warms up: {warming.Parts} of {BackendShare.Whole} parts of its remotes "
                + "are back with it.",
            { Session: Session.Live live } => $"{name} carries, since {Field.Of(live.Since)}.",
            { Session: Session.Waiting waiting } =>
                $"{name} is down, and is connected to again at {Precisely(waiting.RetryAt)}.",
            { Session: Session.Absent } => $"{name} is down, and its socket file is gone.",
            _ => $"{name} is down, and is being connected to.",
        };
    }

    private static string Precisely(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    private string Name(BackendId id) => $"{names.Told(it.Loop, id)}";
}
