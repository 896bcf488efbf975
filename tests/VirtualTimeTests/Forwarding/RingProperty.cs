using Balancer.Rx;
using Balancer.Rx.Forwarding;
using Balancer.Rx.Protocol;
using CsCheck;

namespace Balancer.VirtualTimeTests.Forwarding;

// The ring against a queue of bytes.
public class RingProperty
{
    const int Size = 4_096;
    const int Reserve = 16;

    static readonly ClientEndpoint Client = new(ClientAddress.Parse("10.77.77.5"), 5353);

    [Fact]
    public void It_is_a_queue_of_bytes_with_a_bound() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 1_500]).Array[0, 400].Sample(steps =>
        {
            var ring = new BackendRing(Size, age: 0);
            var model = new Queue<byte>();
            foreach (var (kind, amount) in steps)
            {
                if (kind < 5)
                    Write(ring, model, amount);
                else if (kind < 9)
                    Send(ring, model, amount * 2);
                else if (amount < 50)
                    Forget(ring, model);
                else if (model.Count + FrameSize.Bare <= Size)
                    Say(ring, model);
                Assert.Equal(model.Count, ring.Unsent);
                ring.Peek(out var first, out var second);
                Assert.True(model.ToArray().AsSpan().SequenceEqual([.. first, .. second]));
                Assert.False(first.IsEmpty && !second.IsEmpty, "the second part follows the first");
            }
        }, iter: 500);

    static void Write(BackendRing ring, Queue<byte> model, int length)
    {
        var payload = Enumerable.Range(0, length).Select(i => (byte)(i + length)).ToArray();
        var fits = model.Count + FrameSize.DatagramHeader + length + Reserve <= Size;
        Assert.Equal(fits, ring.TryWrite(Client, payload, out _));
        if (!fits)
            return;
        var frame = new byte[FrameSize.DatagramHeader + length];
        FrameWriter.Datagram(frame, FrameType.InboundUdp, Client, payload);
        Enqueue(model, frame);
    }

    static void Send(BackendRing ring, Queue<byte> model, int amount)
    {
        var sent = Math.Min(amount, model.Count);
        ring.Sent(sent);
        for (var i = 0; i < sent; i++)
            model.Dequeue();
    }

    static void Say(BackendRing ring, Queue<byte> model)
    {
        ring.Say(FrameType.ClientHeartbeat);
        Enqueue(model, [4, 0, 0, 0]);
    }

    static void Forget(BackendRing ring, Queue<byte> model)
    {
        ring.Reset();
        model.Clear();
    }

    static void Enqueue(Queue<byte> model, byte[] bytes)
    {
        foreach (var b in bytes)
            model.Enqueue(b);
    }
}
