using Balancer.Rx;
using Balancer.Rx.Handover;
using Balancer.Rx.Recording;
using Balancer.Rx.Remotes;
using CsCheck;

namespace Balancer.VirtualTimeTests.Handover;

// Whatever has happened before, an heir goes on as if nothing had.
public class EstateProperty
{
    static readonly int[] Backends = [5301, 5302, 5303, 5304];

    static readonly Gen<Action<World>> Steps = Gen.OneOf<Action<World>>(
        Gen.Int[1, 40].Select<int, Action<World>>(client => world => Ask(world, client)),
        Gen.Select<int, int, Action<World>>(
            Gen.Int[1, 40], Gen.Int[0, 3],
            (client, backend) => world => world.Commands(
                new BackendCommand.Pin(AddressOf(client), new(Backends[backend])))),
        Gen.Select<int, int, Action<World>>(
            Gen.Int[1, 40], Gen.Int[0, 3],
            (client, backend) => world => world.Commands(
                new BackendCommand.Move(AddressOf(client), new(Backends[backend])))),
        Gen.Int[0, 3].Select<int, Action<World>>(backend => world => world.Commands(
            new BackendCommand.Drain(new(Backends[backend])))),
        Gen.Int[0, 3].Select<int, Action<World>>(backend => world => world.Commands(
            new BackendCommand.Enable(new(Backends[backend])))),
        Gen.Int[1, 2_000].Select<int, Action<World>>(
            wait => world => world.Run(wait.Milliseconds())));

    [Fact]
    public void Every_client_has_the_server_and_the_history_that_it_had() =>
        Gen.Select(Steps.Array[0, 60], Steps.Array[0, 20]).Sample((before, between) =>
        {
            var former = new World(World.Small).With(Backends);
            foreach (var step in before)
                step(former);
            var heir = former.Heir(Backends);
            using var bequest = former.Control.Bequeath();
            heir.Takes(bequest.First);
            foreach (var step in between)
                step(former);
            heir.Run(former.Scheduler.Now - heir.Scheduler.Now);
            heir.Takes(bequest.Last());

            Assert.Equal(Known(former), Known(heir));
            var (was, goesOn) = (former.Control.Remotes.Memory, heir.Control.Remotes.Memory);
            Assert.Equal($"{WithoutLists(was)}", $"{WithoutLists(goesOn)}");
            Assert.Equal(was.Probation, goesOn.Probation);
            Assert.Equal(was.Moves, goesOn.Moves);
            Assert.Equal(
                was.Pins.OrderBy(pin => pin.Client), goesOn.Pins.OrderBy(pin => pin.Client));
            var clients = former.Clients(40);
            Assert.Equal(former.ServersOf(clients), heir.ServersOf(clients.In(heir)));
        }, iter: 60);

    [Fact]
    public void One_that_is_damaged_or_cut_off_is_refused_in_a_sentence()
    {
        var former = new World(World.Small).With(Backends);
        former.ServersOf(former.Clients(20));
        using var bequest = former.Control.Bequeath();
        var bytes = bequest.First.ToBytes();
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            var damaged = bytes.ToArray();
            damaged[at] ^= change;
            Assert.Throws<TapeException>(() => Estate.From(damaged));
        });
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<TapeException>(() => Estate.From(bytes.AsMemory(..length)));
    }

    [Fact]
    public void Bytes_that_are_none_are_refused_in_a_sentence() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            Assert.Throws<TapeException>(() => Estate.From(bytes));
        });

    static RemotesMemory WithoutLists(RemotesMemory memory) =>
        memory with { Remotes = [], Probation = [], Moves = [], Pins = [] };

    static ClientAddress AddressOf(int client) => new(0x0A000000u + (uint)client);

    static void Ask(World world, int client)
    {
        world.Client(AddressOf(client)).Asks();
        world.Settle();
    }

    // Of each remote all there is, but what it had sent when the traffic was last looked at: a look
    // between the two halves changes that of all.
    static IEnumerable<string> Known(World world) => world.Control.Remotes.Memory.Remotes
        .OrderBy(remote => remote.Address)
        .Select(remote => (remote, world.Control.Routes.HistoryOf(remote)))
        .Select(known => $"{known.remote} {known.Item2 with { UdpAtLook = 0 }}");
}
