using System.Buffers.Binary;

namespace Balancer.VirtualTimeTests;

/// <summary>
/// DNS messages, as far as a balancer looks at them: a header, and a mark behind it.
/// </summary>
static class Message
{
    const int Header = 12;

    public static byte[] Question(int id)
    {
        var bytes = new byte[Header + 5];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)id);
        bytes[2] = 0x01;
        return bytes;
    }

    /// <summary>The answer of the backend with this mark.</summary>
    public static byte[] Answer(byte[] question, int mark)
    {
        var bytes = new byte[Header + 4];
        question.AsSpan(0, Math.Min(question.Length, 2)).CopyTo(bytes);
        bytes[2] = 0x81;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(Header), mark);
        return bytes;
    }

    public static int IdOf(ReadOnlySpan<byte> message) =>
        BinaryPrimitives.ReadUInt16BigEndian(message);

    /// <summary>The mark of the backend that gave this answer.</summary>
    public static int MarkOf(ReadOnlySpan<byte> answer) =>
        BinaryPrimitives.ReadInt32LittleEndian(answer[Header..]);
}
