namespace Balancer.Rx.Forwarding;

/// <summary>
/// What is dropped before any state is made for it. A datagram needs a DNS header with QR = 0, and
/// an address and port to which an answer can be sent: sendto to port 0, 0/8 and 240/4 fails with
/// EINVAL and to broadcast with EACCES on Linux, which ended the original (W1).
/// </summary>
internal static class DatagramFilter
{
    private const int HeaderBytes = 12;

    /// <summary>Why this datagram is dropped; null: it is not.</summary>
    public static Outcome? WhyNot(in Datagram datagram, ReadOnlySpan<byte> payload, bool strict)
    {
        if (datagram.Length > Protocol.FrameSize.MaxDatagram)
            return Outcome.Oversized;
        if (!strict)
            return null;
        if (payload.Length < HeaderBytes)
            return Outcome.Runt;
        if ((payload[2] & 0x80) != 0)
            return Outcome.NotAQuestion;
        return IsAnswerable(datagram.Client.Value, datagram.Port) ? null : Outcome.Unanswerable;
    }

    // 0/8 is "this network", 224/4 multicast, 240/4 reserved with broadcast at its end.
    private static bool IsAnswerable(uint address, ushort port) =>
        port != 0 && address >> 24 != 0 && address >> 24 < 224;
}
