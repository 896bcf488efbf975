using Balancer.Rx;
using CsCheck;
using Xunit;

namespace Balancer.VirtualTimeTests.Streams;

// Any chunking, any windows, any order of ends: the bytes arrive exactly, in order, and never more
// than the bound is held on the way.
public class StreamRandomTests
{
    sealed record Plan(int Up, int Down, int Chunk, int Window, int Buffer, int Seed);

    static readonly Gen<Plan> Plans = Gen.Select(
        Gen.Int[0, 200_000],
        Gen.Int[0, 200_000],
        Gen.Int[1, 70_000],
        Gen.Int[1, 70_000],
        Gen.OneOf(Gen.Const(4_096), Gen.Const(65_536)),
        Gen.Int,
        (up, down, chunk, window, buffer, seed) => new Plan(up, down, chunk, window, buffer, seed));

    [Fact]
    public void Bytes_arrive_exactly_in_order_and_bounded_whatever_the_chunks() =>
        Plans.Sample(Carry, iter: 200);

    static void Carry(Plan plan)
    {
        var random = new Random(plan.Seed);
        using var world = new StreamWorld(
            BalancerOptions.Default with { StreamBuffer = plan.Buffer });
        var client = world.Client();
        var backend = world.Backend;
        foreach (var side in new[] { client, backend })
        {
            side.ReadAtMost = () => random.Next(1, plan.Chunk + 1);
            side.WriteAtMost = () => random.Next(1, plan.Chunk + 1);
            side.Reads(window: 0);
        }
        var up = new Sending(client, Bytes.Many(plan.Up), random, plan.Chunk);
        byte[] answer = [.. Bytes.Ok, .. Bytes.Many(plan.Down)];
        var down = new Sending(backend, answer, random, plan.Chunk);
        backend.Connect();

        while (!world.Ends.Any())
        {
            up.Step();
            down.Step();
            (random.Next(2) == 0 ? client : backend).Reads(random.Next(plan.Window + 1));
            world.Settle();
            AssertBounded(world, plan.Buffer);
        }
        Assert.Equal([StreamEnd.Finished], world.Ends);
        Assert.Equal([.. Bytes.InboundTcp, .. Bytes.Many(plan.Up)], backend.Taken);
        Assert.Equal(Bytes.Many(plan.Down), client.Taken);
        world.NothingIsLeft();
    }

    static void AssertBounded(StreamWorld world, int bound)
    {
        foreach (var snapshot in world.Proxies.Snapshots())
        {
            Assert.InRange(snapshot.HeldIn, 0, bound);
            Assert.InRange(snapshot.HeldOut, 0, bound);
        }
    }

    /// <summary>One side's bytes, sent in pieces, and its end at some time after.</summary>
    sealed class Sending(SimulatedStream stream, byte[] bytes, Random random, int chunk)
    {
        int _sent;
        bool _hasEnded;

        public void Step()
        {
            if (_hasEnded || random.Next(3) == 0)
                return;
            var count = Math.Min(random.Next(1, chunk + 1), bytes.Length - _sent);
            if (count > 0)
                stream.Send(bytes.AsSpan(_sent, count));
            else
                stream.End();
            _hasEnded = count == 0;
            _sent += count;
        }
    }
}
