using Balancer.Rx;
using Balancer.Rx.Backends;

namespace Balancer.VirtualTimeTests.Continuity;

// A probe needs room in the ring, as everything that a backend is asked (C3).
public class ProbeRoomTests
{
    [Fact]
    public void A_backend_whose_ring_was_full_of_old_questions_is_probed_and_well_again()
    {
        var world = new World(World.Small with
        {
            Probe = new("localhost", 1, 0),
            ProbeEvery = 2.Seconds(),
        }).With(5301, 5302);
        var (backend, client) = (world.Backend(5301), world.Client("10.0.0.1"));
        client.IsServedBy(5301);
        backend.AnswerAfter = null;
        for (var id = 1_000; id < 1_120; id++)
            client.Asks(id);
        world.Run(10.Seconds());
        Assert.True(world.FactsOf<BalancerEvent.BackendAiling>().Any());

        backend.AnswerAfter = TimeSpan.Zero;
        world.Run(10.Seconds());
        Assert.True(world.FactsOf<BalancerEvent.BackendWell>().Any());
        client.IsServedBy(5301);
    }
}
