using Balancer.Rx.Handover;

namespace Balancer.VirtualTimeTests.Handover;

/// <summary>One balancer, and the one that takes its place: what is handed over goes as bytes.
/// </summary>
static class Succession
{
    /// <summary>An heir with these backends, who has met them and waits.</summary>
    public static World Heir(this World former, params int[] backends)
    {
        var prospects = Estate.From(former.Control.Prospects.ToBytes());
        var heir = new World(
            former.Options, prospects: prospects, dawn: former.Scheduler.Now);
        heir.With(backends);
        // Both live in the same time.
        former.Run(50.Milliseconds());
        return heir;
    }

    /// <summary>Takes this over, as it comes back from bytes.</summary>
    public static World Takes(this World heir, Estate estate)
    {
        heir.Control.Inherit(Estate.From(estate.ToBytes()));
        return heir;
    }

    /// <summary>All at once: the heir has met the backends, and serves.</summary>
    public static World IsSucceeded(this World former, params int[] backends)
    {
        var heir = former.Heir(backends);
        using var bequest = former.Control.Bequeath();
        return heir.Takes(bequest.First).Takes(bequest.Last());
    }

    /// <summary>The client of this address in another world.</summary>
    public static SimulatedClient In(this SimulatedClient client, World world) =>
        world.Client(client.Endpoint.Address, client.Endpoint.Port);

    /// <summary>Those of another world.</summary>
    public static SimulatedClient[] In(this SimulatedClient[] clients, World world) =>
        [.. clients.Select(client => client.In(world))];
}
