namespace Balancer.Rx.Forwarding;

/// <summary>
/// What is dropped before any state is made for it. A datagram needs a DNS header (12 bytes; RFC
/// 1035, 4.1.1) with QR = 0, since who answers answers may do so for ever with another such; and an
/// address and port to which an answer can be sent: sendto to port 0, 0/8 and 240/4 fails with
/// EINVAL and to broadcast with EACCES on Linux, which ended the original (W1). An answer to 224/4
/// would go to a group that never asked: no host has such an address (RFC 1122, 3.2.1.3).
///
/// Not dropped: 127/8, since a resolver on this host asks from there, and the kernel itself lets
/// nobody else (a datagram from the network with such a source is a martian); nor private networks,
/// nor the broadcast address of a subnet, which cannot be told by looking: who wants less says
/// <see cref="BalancerOptions.Allow"/>.
/// </summary>
internal static class DatagramFilter
{
    private const int HeaderBytes = 12;

    /// <summary>Whether <see cref="WhyNot"/> has nothing to say; the way of almost all.</summary>
    public static bool Passes(in Datagram datagram, ReadOnlySpan<byte> payload, bool strict) =>
        datagram.Length <= Protocol.FrameSize.MaxDatagram
        && (!strict || payload.Length >= HeaderBytes && (payload[2] & 0x80) == 0
            && IsAnswerable(datagram.Client.Value, datagram.Port));

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
