namespace Balancer.Daemon.Handover;

/// <summary>The backends that serve, by the names of their sockets.</summary>
static class Meeting
{
    public static IReadOnlyList<string> Of(Worker worker) =>
    [
        .. worker.Plane.Fit
            .Select(id => worker.Plane.Backends.Lookup(id).Value.Path)
            .Select(path => Path.GetFileName(path))
            .Order(StringComparer.Ordinal),
    ];
}
