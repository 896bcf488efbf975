using System.Buffers.Binary;

namespace Balancer.Micro;

/// <summary>DNS messages of the usual size: who has example.com, and an address for it.</summary>
internal static class Question
{
    // Header with RD and one question; example.com A IN.
    private static readonly byte[] Asked =
    [
        0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
        7, .. "example"u8, 3, .. "com"u8, 0, 0, 1, 0, 1,
    ];

    // The name by its place in the message, A IN, a TTL of five minutes, 192.0.2.1.
    private static readonly byte[] Found =
        [0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 1];

    /// <summary>A question; different numbers below 65,536 have different ids.</summary>
    public static byte[] Of(int number)
    {
        byte[] question = [.. Asked];
        // An odd factor spreads the ids and keeps them apart.
        BinaryPrimitives.WriteUInt16BigEndian(question, (ushort)(number * 40_503));
        return question;
    }

    /// <summary>The answer to this question.</summary>
    public static byte[] AnswerTo(ReadOnlySpan<byte> question)
    {
        byte[] answer = [.. question, .. Found];
        (answer[2], answer[7]) = (0x81, 1);
        return answer;
    }
}
