using System.Buffers.Binary;
using Balancer.Rx.Forwarding;
using CsCheck;

namespace Balancer.VirtualTimeTests.Protection;

// Whatever is asked, an answer of ours is a header and at most the question (RFC 1035, 4.1.1).
public class OwnAnswerProperty
{
    const int Header = 12;

    static readonly Gen<byte[]> Labels = Gen.Byte[1, 63].Array[0, 8]
        .Select(lengths => (byte[])[.. lengths.SelectMany(Label), 0]);

    // A question, and perhaps what follows one.
    static readonly Gen<byte[]> Queries = Gen.Select(
        Gen.Byte.Array[Header], Labels, Gen.Byte.Array[4], Gen.Byte.Array[0, 30],
        (header, name, type, rest) =>
        {
            header[2] &= 0x7F;
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), 1);
            return (byte[])[.. header, .. name, .. type, .. rest];
        });

    static readonly Gen<byte[]> Mutated = Gen.Select(
        Queries, Gen.Select(Gen.Int[0, 600], Gen.Byte).Array[0, 6], Gen.Int[0, 600],
        (query, changes, length) =>
        {
            foreach (var (at, value) in changes)
                query[at % query.Length] = value;
            return query[..Math.Min(length, query.Length)];
        });

    static readonly Gen<(int Rcode, bool Truncated, int Room)> Ways =
        Gen.Select(Gen.Int[0, 15], Gen.Bool, Gen.Frequency(
            (1, Gen.Int[0, 600]), (3, Gen.Const(OwnAnswer.MaxBytes))));

    [Fact]
    public void To_any_bytes_it_is_right_or_there_is_none() =>
        Gen.Select(Gen.Byte.Array[0, 600], Ways)
            .Sample((bytes, way) => Check(bytes, way), iter: 20_000);

    [Fact]
    public void To_a_mutated_query_it_is_right_or_there_is_none() =>
        Gen.Select(Mutated, Ways).Sample((query, way) => Check(query, way), iter: 50_000);

    [Fact]
    public void Every_question_of_a_good_name_is_echoed() =>
        Gen.Select(Queries, Gen.Bool).Sample((query, truncated) =>
        {
            var name = query.AsSpan(Header).IndexOf((byte)0) + 1;
            var to = new byte[512];
            var length = OwnAnswer.Write(to, query, OwnAnswer.ServerFailure, truncated);
            Assert.Equal(name <= 255 ? Header + name + 4 : Header, length);
            Assert.Equal(OwnAnswer.ServerFailure, to[3]);
        }, iter: 5_000);

    [Fact]
    public void A_truncated_answer_byte_by_byte()
    {
        // RD and opcode 2 are copied; AA, TC, RA, Z, AD, CD and an OPT record are not.
        byte[] query =
        [
            0x12, 0x34, 0x17, 0xF0, 0, 1, 0, 0, 0, 0, 0, 1,
            3, (byte)'w', (byte)'h', (byte)'o', 0, 0, 16, 0, 1,
            0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0,
        ];
        var to = new byte[OwnAnswer.MaxBytes];
        Assert.Equal(21, OwnAnswer.Write(to, query, 0, truncated: true));
        Assert.Equal(
            [
                0x12, 0x34, 0x93, 0, 0, 1, 0, 0, 0, 0, 0, 0,
                3, (byte)'w', (byte)'h', (byte)'o', 0, 0, 16, 0, 1,
            ],
            to[..21]);
    }

    [Theory]
    [InlineData(61, OwnAnswer.MaxBytes)]
    [InlineData(62, Header)]
    public void A_name_has_at_most_255_bytes(byte lastLabel, int length)
    {
        var query = new byte[400];
        query[5] = 1;
        var at = Header;
        foreach (var label in (byte[])[63, 63, 63, lastLabel])
        {
            query[at] = label;
            query.AsSpan(at + 1, label).Fill((byte)'a');
            at += 1 + label;
        }
        Assert.Equal(length, OwnAnswer.Write(new byte[512], query, OwnAnswer.Refused, false));
    }

    [Theory]
    [InlineData(0xC0)]
    [InlineData(0x40)]
    [InlineData(0x80)]
    public void A_question_has_no_pointers(byte first)
    {
        var query = new byte[40];
        (query[5], query[Header]) = (1, first);
        Assert.Equal(Header, OwnAnswer.Write(new byte[512], query, OwnAnswer.Refused, false));
    }

    static void Check(byte[] query, (int Rcode, bool Truncated, int Room) way)
    {
        var to = new byte[way.Room + 4];
        to.AsSpan().Fill(0xEE);
        var length = OwnAnswer.Write(to.AsSpan(..way.Room), query, way.Rcode, way.Truncated);
        Assert.False(to.AsSpan(length..).ContainsAnyExcept((byte)0xEE), "no more is written");

        var hasNone = query.Length < Header || way.Room < Header || query[2] > 127;
        Assert.Equal(hasNone, length == 0);
        if (hasNone)
            return;
        var end = EndOfQuestion(query) is { } there && there <= way.Room ? there : Header;
        Assert.Equal(end, length);
        Assert.InRange(length, Header, Math.Min(query.Length, 512));
        var flags = 0x80 | query[2] & 0x79 | (way.Truncated ? 2 : 0);
        Assert.Equal(
            [
                query[0], query[1], (byte)flags, (byte)way.Rcode,
                0, (byte)(end > Header ? 1 : 0), 0, 0, 0, 0, 0, 0, .. query[Header..end],
            ],
            to[..length]);
    }

    static byte[] Label(byte length) => [length, .. Enumerable.Repeat((byte)'a', length)];

    static int? EndOfQuestion(byte[] query)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(query.AsSpan(4)) == 0)
            return null;
        var rest = query.AsSpan(Header);
        var name = 1;
        while (!rest.IsEmpty && rest[0] != 0)
        {
            var label = 1 + rest[0];
            if (label > 64 || label > rest.Length)
                return null;
            name += label;
            rest = rest[label..];
        }
        return rest.Length < 5 || name > 255 ? null : query.Length - rest.Length + 5;
    }
}
