using System.Reactive;
using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Remotes;
using Balancer.Rx.Routing;

namespace Balancer.Daemon.Control;

/// <summary>
/// Why a client goes where it goes, as its loop sees it at one moment: a copy, to be put into words
/// elsewhere. Who serves it is asked of the routes themselves.
/// </summary>
internal sealed record Explanation
{
    public required int Loop { get; init; }

    public required ClientAddress Client { get; init; }

    /// <summary>Who serves it; of one that is not known, who would.</summary>
    public required Route Route { get; init; }

    /// <summary>The remote, with why it has its primary; null: it is not known.</summary>
    public required Remote? Remote { get; init; }

    public required RemoteTraffic? Traffic { get; init; }

    public required RemoteStanding Standing { get; init; }

    /// <summary>Of one that is not known: whose it would be, and why; null: nobody's.</summary>
    public required (BackendId Primary, AssignedBecause Reason)? WouldBe { get; init; }

    public required Pin? Pin { get; init; }

    /// <summary>Who would serve it if whoever does were gone.</summary>
    public required BackendId? Next { get; init; }

    /// <summary>Those named here, as they stand.</summary>
    public required IReadOnlyDictionary<BackendId, BackendStanding> Backends { get; init; }

    public required IReadOnlyList<Timestamped<BalancerEvent>> Events { get; init; }

    /// <summary>From when on all facts are remembered; null: from the start.</summary>
    public required DateTimeOffset? CompleteSince { get; init; }

    public required BalancerOptions Options { get; init; }

    /// <summary>Since when it has its primary.</summary>
    public DateTimeOffset? AssignedAt => Remote?.Since;

    /// <summary>On the loop that the client meets.</summary>
    public static Explanation Of(Worker worker, History history, ClientAddress client)
    {
        var plane = worker.Plane;
        var remote = plane.Remotes.Find(client);
        var wouldBe = remote is null ? plane.Remotes.WouldAdmit(client) : null;
        var route = wouldBe is { } dealt
            ? plane.Routes.RouteOf(client, dealt.Primary)
            : plane.Routes.RouteOf(client);
        var next = route.ServedBy is { } served ? NextOf(plane, client, route, served) : null;
        var pin = plane.Remotes.Pinned.Of(client);
        BackendId?[] named = [NoneIfZero(route.Primary), route.ServedBy, next, pin?.Backend];
        var backends = named.OfType<BackendId>().Distinct()
            .ToDictionary(id => id, id => BackendStanding.Of(plane, id));
        BackendId?[] concerned = [NoneIfZero(route.Primary), route.ServedBy, next];
        return new()
        {
            Loop = worker.Share.Index,
            Client = client,
            Route = route,
            Remote = remote,
            Traffic = plane.Routes.TrafficOf(client),
            Standing = plane.Routes.StandingOf(client),
            WouldBe = wouldBe,
            Pin = pin,
            Next = next,
            Backends = backends,
            Events = history.Of(
                client, [.. concerned.OfType<BackendId>()],
                remote?.Since ?? DateTimeOffset.MaxValue),
            CompleteSince = history.CompleteSince,
            Options = worker.Core,
        };
    }

    private static BackendId? NextOf(
        ControlPlane plane, ClientAddress client, Route route, BackendId served)
    {
        if (plane.Remotes.Find(client) is null && route.Primary != served)
            return plane.Routes.ServedWithout(client, served);
        return plane.Routes.ServedWithout(client, served)
            ?? plane.Remotes.NextInTurn(without: served);
    }

    private static BackendId? NoneIfZero(BackendId id) => id == default ? null : id;
}

/// <summary>A backend as it stands; no session: it does not exist.</summary>
internal sealed record BackendStanding(
    BackendId Id, Session? Session, LeavingBecause? Leaving, int Parts, int Weight, int Order,
    bool Takes)
{
    public static BackendStanding Of(ControlPlane plane, BackendId id) =>
        plane.Sessions.Lookup(id) is { HasValue: true, Value: var session }
            ? new(
                id, session.State, session.Leaving, plane.Routes.PartsOf(id),
                plane.Routes.Policy.WeightOf(id), plane.Routes.Policy.OrderOf(id),
                plane.Routes.Takes(id))
            : new(
                id, null, null, 0, plane.Routes.Policy.WeightOf(id),
                plane.Routes.Policy.OrderOf(id), Takes: false);
}
