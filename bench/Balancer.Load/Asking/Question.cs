// THE QUESTION: an A record of a name that begins with the query's number.
//
//   id (2) flags (RD) 1 question | 10 hexadecimal digits . suffix | A IN
//
// So an answer says which query it is to, whatever else it says: one that belongs to another query
// with the same id cannot pass for this one's. All queries of a run have one length, which is what
// a train needs.

using System.Buffers.Binary;
using System.Text;

namespace Balancer.Load.Asking;

/// <summary>Writes queries and reads what answers say of them.</summary>
sealed class Question
{
    const int FlagsAt = 2, QuestionsAt = 4, AnswersAt = 6, DigitsAt = 13, Digits = 10;
    const byte IsResponse = 0x80, CodeMask = 0x0F;

    readonly byte[] _query;

    /// <param name="suffix">Behind the number: a name.</param>
    public Question(string suffix)
    {
        List<byte> query = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        foreach (var label in (string[])[new('0', Digits), .. suffix.Split('.')])
            query.AddRange([(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]);
        query.AddRange([0, 0, 1, 0, 1]);
        _query = [.. query];
    }

    /// <summary>How long every query is, and how much of an answer is looked at.</summary>
    public int Size => _query.Length;

    /// <summary>Makes this memory a query; which one, <see cref="Stamp"/> says.</summary>
    public void Lay(Span<byte> query) => _query.CopyTo(query);

    /// <summary>Makes this query that with the id and the number.</summary>
    public static void Stamp(Span<byte> query, int id, long number)
    {
        BinaryPrimitives.WriteUInt16BigEndian(query, (ushort)id);
        var digits = query.Slice(DigitsAt, Digits);
        for (var i = Digits - 1; i >= 0; i--, number >>= 4)
            digits[i] = "0123456789abcdef"u8[(int)number & 15];
    }

    /// <summary>Which query this answers; false if it is no good answer to any of ours.</summary>
    public bool TryRead(ReadOnlySpan<byte> answer, out int id, out long number)
    {
        (id, number) = (0, 0);
        if (answer.Length < Size
            || (answer[FlagsAt] & IsResponse) == 0
            || (answer[FlagsAt + 1] & CodeMask) != 0
            || BinaryPrimitives.ReadUInt16BigEndian(answer[QuestionsAt..]) != 1
            || BinaryPrimitives.ReadUInt16BigEndian(answer[AnswersAt..]) == 0
            || answer[DigitsAt - 1] != Digits)
            return false;
        const int behind = DigitsAt + Digits;
        if (!answer[behind..Size].SequenceEqual(_query.AsSpan(behind)))
            return false;
        id = BinaryPrimitives.ReadUInt16BigEndian(answer);
        return TryReadNumber(answer.Slice(DigitsAt, Digits), out number);
    }

    static bool TryReadNumber(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            var value = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                _ => -1,
            };
            if (value < 0)
                return false;
            number = number << 4 | (uint)value;
        }
        return true;
    }
}
