using Balancer.Rx;
using Balancer.Rx.Backends;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;
using CsCheck;

namespace Balancer.VirtualTimeTests.Whole;

// Whatever happens, every datagram is accounted for after every step, the balancer recovers, and
// nothing is left of it. The world checks the sums; the backends check every frame they read.
public class RandomHistoryTests
{
    static readonly FrameType[] ControlFrames =
        [FrameType.ServerHello, FrameType.InboundTcpOk, FrameType.ServerHeartbeat];

    internal static readonly Gen<(int Kind, int Backend, int Amount)[]> History =
        Gen.Select(Gen.Int[0, 25], Gen.Int[5301, 5304], Gen.Int[0, 1_000]).Array[0, 120];

    [Fact]
    public void Every_history_adds_up_and_ends_well() =>
        Gen.Select(History, Gen.Int).Sample(
            (history, seed) => Happens(new World(World.Small with { Seed = seed }), history),
            iter: 300);

    [Fact]
    public void With_the_originals_timers_and_policies_too() =>
        History.Sample(
            history => Happens(
                new World(BalancerOptions.Compat with { RingBytes = 4_096, JournalEntries = 256 }),
                history),
            iter: 200);

    internal static void Happens(World world, (int Kind, int Backend, int Amount)[] history)
    {
        foreach (var (kind, id, amount) in history)
        {
            Take(world, kind, world.Backend(id), amount);
            world.Settle();
        }
        Recovers(world);
        world.IsOver();
    }

    static void Take(World world, int kind, SimulatedBackend backend, int amount)
    {
        var client = world.Client(new ClientAddress(0x0A000000u + (uint)amount % 20));
        switch (kind)
        {
            case 0 or 1 or 2: backend.Appears(); break;
            case 3: backend.Vanishes(); break;
            case 4: backend.Dies(); break;
            case 5: backend.Listens(); break;
            case 6: backend.Stalls(); break;
            case 7: backend.Resumes(); break;
            case 8: backend.AnswerAfter = amount.Milliseconds(); break;
            case 9: backend.AnswerAfter = amount < 500 ? null : TimeSpan.Zero; break;
            case 10: backend.HelloAfter = amount < 300 ? null : amount.Milliseconds(); break;
            case 11: backend.HeartbeatAfter = amount < 300 ? null : amount.Milliseconds(); break;
            case 12: backend.Connecting = (Connecting)(amount % 3); break;
            case 13: world.Directory.Error = amount < 500 ? "EACCES" : null; break;
            case 14 when IsConnected(backend): backend.SaysGarbage(); break;
            case 15 when IsConnected(backend): backend.Link.Takes(amount); break;
            case 16 when IsConnected(backend): backend.Link.Takes(int.MaxValue); break;
            case 17 when IsConnected(backend): backend.Link.ReadAtMost = 1 + amount % 50; break;
            case 18 when IsConnected(backend):
                backend.Says(ControlFrames[amount % ControlFrames.Length]);
                break;
            case 19 when IsConnected(backend):
                backend.Says(client.Endpoint, Message.Answer(Message.Question(amount % 5), 0));
                break;
            case 20: world.Run((amount * 20).Milliseconds()); break;
            case 21: client.Sends(new byte[amount * 2]); break;
            case 22: client.Asks(amount % 5); break;
            default: world.AllAsk(world.Clients(amount % 100)); break;
        }
    }

    static bool IsConnected(SimulatedBackend backend) =>
        backend.Links.Count > 0 && backend.Link.IsOpen;

    // All is well again: after the longest wait there is, everybody is served.
    static void Recovers(World world)
    {
        world.Directory.Error = null;
        for (var id = 5301; id <= 5304; id++)
        {
            var backend = world.Backend(id);
            backend.HelloAfter = backend.HeartbeatAfter = backend.AnswerAfter = TimeSpan.Zero;
            backend.ReadAtMost = int.MaxValue;
            backend.Connecting = Connecting.Succeeds;
            backend.Resumes();
            backend.Appears();
            if (IsConnected(backend))
                backend.Link.Takes(int.MaxValue);
        }
        world.Run(80.Seconds());
        for (var id = 5301; id <= 5304; id++)
            Assert.IsType<Session.Live>(world.Session(id));
        Assert.Equal(0, world.Control.Data.InFlight);
        world.ServersOf(world.Clients(50));
    }
}
