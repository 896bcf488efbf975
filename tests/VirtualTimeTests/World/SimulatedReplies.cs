using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests;

/// <summary>An answer that left.</summary>
sealed record Reply(byte Listener, ClientEndpoint To, ClientAddress From, byte[] Payload);

/// <summary>
/// The way out. Reads the payloads at the flush, as sendmmsg does: what was overwritten until then
/// arrives so.
/// </summary>
sealed unsafe class SimulatedReplies(Action<Reply> deliver) : IReplies
{
    readonly List<(byte Listener, ClientEndpoint To, ClientAddress From, nint At, int Length)>
        _batch = [];

    /// <summary>Answers that the kernel will not send.</summary>
    public Func<ClientEndpoint, bool> Refuses { get; set; } = _ => false;

    /// <summary>How many flushes had something to send.</summary>
    public int Batches { get; private set; }

    void IReplies.Add(
        byte listener, ClientEndpoint to, ClientAddress from, ReadOnlySpan<byte> payload)
    {
        var at = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(payload));
        _batch.Add((listener, to, from, at, payload.Length));
    }

    ReplyTally IReplies.Flush()
    {
        if (_batch.Count > 0)
            Batches++;
        var failed = 0;
        foreach (var (listener, to, from, at, length) in _batch)
        {
            if (Refuses(to))
                failed++;
            else
                deliver(new(listener, to, from, new Span<byte>((void*)at, length).ToArray()));
        }
        var tally = new ReplyTally(_batch.Count - failed, failed);
        _batch.Clear();
        return tally;
    }
}
