using Balancer.Rx;
using Balancer.Rx.Protocol;

namespace Balancer.EndToEndTests.Support;

/// <summary>Frames and messages as bytes, for tests that put them together by hand.</summary>
internal static class WireBytes
{
    public static byte[] Bare(FrameType type)
    {
        var bytes = new byte[FrameSize.Bare];
        FrameWriter.Bare(bytes, type);
        return bytes;
    }

    public static byte[] InboundTcp(ClientEndpoint client)
    {
        var bytes = new byte[FrameSize.InboundTcp];
        FrameWriter.InboundTcp(bytes, client);
        return bytes;
    }

    public static byte[] Datagram(FrameType type, ClientEndpoint client, byte[] data)
    {
        var bytes = new byte[FrameSize.DatagramHeader + data.Length];
        FrameWriter.Datagram(bytes, type, client, data);
        return bytes;
    }

    /// <summary>A DNS message as it stands in a TCP stream: behind its length.</summary>
    public static byte[] Message(byte[] dns) =>
        [(byte)(dns.Length >> 8), (byte)dns.Length, .. dns];

    public static ClientEndpoint Client(string address, ushort port) =>
        new(ClientAddress.Parse(address), port);
}
