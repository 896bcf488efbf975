namespace Balancer.Rx.Forwarding;

/// <summary>One datagram's envelope.</summary>
public struct Datagram
{
    /// <summary>Who sent it.</summary>
    public ClientAddress Client;

    /// <summary>The address of ours that it was sent to; 0: the listener's own.</summary>
    public ClientAddress Local;

    /// <summary>The client's port, host order.</summary>
    public ushort Port;

    /// <summary>
    /// Its length in bytes; more than <see cref="DatagramBurst.Stride"/> if cut off.
    /// </summary>
    public int Length;
}

/// <summary>
/// What one recvmmsg brought: up to 64 datagrams in one pinned buffer. One instance per listener,
/// filled again for each burst; whoever subscribes must be done with it when OnNext returns.
/// </summary>
public sealed class DatagramBurst
{
    /// <summary>The most datagrams in a burst.</summary>
    public const int Capacity = 64;

    /// <summary>Bytes of buffer per datagram (M14).</summary>
    public const int Stride = 2_048;

    /// <summary>The buffer: datagram i starts at i × <see cref="Stride"/>.</summary>
    public byte[] Buffer { get; } = GC.AllocateArray<byte>(Capacity * Stride, pinned: true);

    /// <summary>The envelopes, of which <see cref="Count"/> are filled.</summary>
    public Datagram[] Datagrams { get; } = new Datagram[Capacity];

    /// <summary>How many datagrams there are.</summary>
    public int Count { get; set; }

    /// <summary>Which listener it came by; answers leave by the same.</summary>
    public byte Listener { get; init; }

    /// <summary>Another burst of this listener follows in the same turn: keep the writes.</summary>
    public bool MoreFollow { get; set; }

    /// <summary>The bytes of datagram i, as far as they were received.</summary>
    public ReadOnlySpan<byte> Payload(int i) =>
        Buffer.AsSpan(i * Stride, Math.Min(Datagrams[i].Length, Stride));
}
