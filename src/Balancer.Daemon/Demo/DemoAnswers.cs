using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Balancer.Daemon.Demo;

/// <summary>
/// As much DNS as the demo's backends need: reads a query of one question, and builds the answer
/// that repeats the question and adds at most one record. No EDNS, no compression but the pointer
/// to the question; whatever cannot be read gets FORMERR, whatever is no QUERY gets NOTIMP.
/// </summary>
internal static class DemoAnswers
{
    public const ushort TypeA = 1;
    public const ushort TypeTxt = 16;

    public const int NoError = 0;
    public const int FormErr = 1;
    public const int NotImp = 4;

    private const int HeaderSize = 12;
    private const int RecordHeaderSize = 12;
    private const int LongestText = 255;
    private const ushort ClassIn = 1;

    /// <summary>
    /// The answer to a query: a TXT record with <paramref name="text"/>, an A record with
    /// <paramref name="address"/>, nothing for other types; null for what must not be answered.
    /// </summary>
    public static byte[]? To(ReadOnlySpan<byte> query, string text, IPAddress address)
    {
        if (query.Length < HeaderSize || (query[2] & 0x80) != 0)
            return null;
        if ((query[2] >> 3 & 15) != 0)
            return Header(query, NotImp);
        var question = Question(query);
        if (question.IsEmpty)
            return Header(query, FormErr);
        return BinaryPrimitives.ReadUInt16BigEndian(question[^4..]) switch
        {
            TypeTxt => Record(query, question, TypeTxt, CharacterString(text)),
            TypeA => Record(query, question, TypeA, address.GetAddressBytes()),
            _ => [.. Header(query, NoError, questions: 1), .. question],
        };
    }

    /// <summary>The one question with type and class, or nothing if it cannot be read.</summary>
    private static ReadOnlySpan<byte> Question(ReadOnlySpan<byte> query)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(query[4..]) != 1)
            return default;
        for (var at = HeaderSize; at < query.Length; at += 1 + query[at])
        {
            var isPointer = query[at] > 63;
            if (isPointer)
                return default;
            if (query[at] != 0)
                continue;
            var end = at + 1 + 2 * sizeof(ushort);
            return end <= query.Length ? query[HeaderSize..end] : default;
        }
        return default;
    }

    private static byte[] Record(
        ReadOnlySpan<byte> query, ReadOnlySpan<byte> question, ushort type, byte[] data)
    {
        Span<byte> record = stackalloc byte[RecordHeaderSize];
        record.Clear();
        const ushort nameOfQuestion = 0xC000 | HeaderSize;
        BinaryPrimitives.WriteUInt16BigEndian(record, nameOfQuestion);
        BinaryPrimitives.WriteUInt16BigEndian(record[2..], type);
        BinaryPrimitives.WriteUInt16BigEndian(record[4..], ClassIn);
        BinaryPrimitives.WriteUInt16BigEndian(record[10..], (ushort)data.Length);
        var header = Header(query, NoError, questions: 1, answers: 1);
        return [.. header, .. question, .. record, .. data];
    }

    private static byte[] Header(
        ReadOnlySpan<byte> query, int code, byte questions = 0, byte answers = 0)
    {
        const byte response = 0x80, authoritative = 0x04, keptOfQuery = 0x79;
        return
        [
            query[0], query[1],
            (byte)(response | authoritative | (query[2] & keptOfQuery)), (byte)code,
            0, questions, 0, answers, 0, 0, 0, 0,
        ];
    }

    private static byte[] CharacterString(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        if (bytes.Length > LongestText)
            throw new ArgumentException($"over {LongestText} bytes: {text}", nameof(text));
        return [(byte)bytes.Length, .. bytes];
    }
}
