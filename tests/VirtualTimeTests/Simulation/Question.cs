using System.Buffers.Binary;
using Balancer.Rx;
using Balancer.Rx.Forwarding;

namespace Balancer.VirtualTimeTests.Simulation;

/// <summary>
/// A datagram that a client sends. Each has a number of its own behind the DNS header, by which a
/// frame or an answer is known again, and padding that shows damage.
/// </summary>
sealed class Question
{
    const int Header = 12;
    const int NumberAt = Header;
    const int MarkAt = NumberAt + 8;

    /// <summary>Header, number and mark; whatever is longer is padding.</summary>
    public const int Least = MarkAt + 4;

    public required long Number { get; init; }

    public required ClientEndpoint From { get; init; }

    public required byte[] Payload { get; init; }

    /// <summary>What the filter drops it for; null: it is a question.</summary>
    public Outcome? Junk { get; init; }

    /// <summary>Its opcode is QUERY: it may be asked of two backends.</summary>
    public bool IsQuery => Payload.Length > 2 && (Payload[2] & 0x78) == 0;

    public int Id => Message.IdOf(Payload);

    /// <summary>A question of this number and length.</summary>
    public static byte[] Write(long number, int id, int length, int opcode = 0)
    {
        var bytes = new byte[length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)id);
        bytes[2] = (byte)(opcode << 3 | 0x01);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(NumberAt), number);
        bytes.AsSpan(Least).Fill((byte)number);
        return bytes;
    }

    /// <summary>The answer to it: the same, as an answer, with the backend's mark.</summary>
    public static byte[] Answered(byte[] question, int mark)
    {
        byte[] bytes = [.. question];
        if (bytes.Length > 2)
            bytes[2] |= 0x80;
        if (bytes.Length >= Least)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(MarkAt), mark);
        return bytes;
    }

    /// <summary>The number that a question or an answer carries; 0: none.</summary>
    public static long NumberOf(byte[] message) =>
        message.Length >= Least
            ? BinaryPrimitives.ReadInt64LittleEndian(message.AsSpan(NumberAt))
            : 0;

    /// <summary>Who answered.</summary>
    public static int MarkOf(byte[] answer) =>
        BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(MarkAt));

    public override string ToString() => Junk is { } junk
        ? $"{From} sends #{Number}, {Payload.Length} bytes ({junk})"
        : $"{From} asks #{Number}, id {Id}, {Payload.Length} bytes{(IsQuery ? "" : " (no QUERY)")}";
}
