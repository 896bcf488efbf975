using Balancer.Rx.Streams;

namespace Balancer.Rx.Routing;

/// <summary>
/// Routes for TCP connections, by the same table as for datagrams: the primary of the client, else
/// its backup (T2). What was tried for a connection is left out on the next try.
/// </summary>
internal sealed class StreamRoutes(
    RouteTable table, IAdmission admission, IStreamPaths paths, ITicks clock) : IStreamRoutes
{
    public StreamTarget? Pick(ClientAddress client, ReadOnlySpan<BackendId> tried)
    {
        var slot = table.Find(client.Value);
        if (slot < 0 || table.IsUndecided(slot))
        {
            admission.Admit([client]);
            slot = table.Find(client.Value);
        }
        if (slot >= 0)
            table.Slot(slot).LastSeen = Seconds.Since1970(clock.UtcTicks);

        var lane = slot >= 0 ? table.Lane(slot) : table.StrangersLane(client.Value);
        if (lane < 0)
            return null;
        var first = table.CarrierOf(lane);
        var choice = tried.Contains(first) ? table.Untried(client.Value, tried) : first;
        return choice is { } id && paths.PathOf(id) is { } path ? new(id, path) : null;
    }

    public void Count(ClientAddress client, BackendId? backend, bool established)
    {
        var slot = table.Find(client.Value);
        if (slot < 0)
            return;
        if (established)
            table.Slot(slot).Tcp++;
        else
            table.Slot(slot).TcpDropped++;
    }
}

/// <summary>Where the sockets of backends are.</summary>
internal interface IStreamPaths
{
    /// <summary>The socket of this backend, if it is known.</summary>
    string? PathOf(BackendId id);
}
