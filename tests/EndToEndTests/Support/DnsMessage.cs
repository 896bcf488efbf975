using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Balancer.EndToEndTests.Support;

/// <summary>
/// What a test looks at in an answer. The servers of these tests say in TXT who they are:
/// <c>backend=5301 client=127.0.0.2 transport=udp</c>.
/// </summary>
internal sealed record DnsReply(
    ushort Id, int Code, bool Truncated, string[] Texts, IPAddress[] Addresses, int Length)
{
    public string Backend => Said("backend");

    public string Client => Said("client");

    public string Transport => Said("transport");

    string Said(string key) => Texts
        .SelectMany(text => text.Split(' '))
        .First(word => word.StartsWith(key + "=", StringComparison.Ordinal))[(key.Length + 1)..];
}

/// <summary>Builds queries and reads answers; knows A, TXT and the size in EDNS.</summary>
internal static class DnsMessage
{
    public const ushort A = 1;
    public const ushort Txt = 16;

    const int HeaderSize = 12;
    const ushort Opt = 41;

    /// <summary>A query of one question; with EDNS when a size is given.</summary>
    public static byte[] Query(ushort id, string name, ushort type = Txt, ushort ednsSize = 0)
    {
        var hasEdns = (byte)(ednsSize > 0 ? 1 : 0);
        List<byte> bytes =
        [
            (byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, hasEdns,
        ];
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(label));
        }
        bytes.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (hasEdns > 0)
        {
            var (high, low) = ((byte)(ednsSize >> 8), (byte)ednsSize);
            bytes.AddRange([0, 0, (byte)Opt, high, low, 0, 0, 0, 0, 0, 0]);
        }
        return [.. bytes];
    }

    public static DnsReply Read(ReadOnlySpan<byte> message)
    {
        if ((message[2] & 0x80) == 0)
            throw new InvalidDataException("a query where an answer was expected");
        var at = HeaderSize;
        for (var questions = Number(message, 4); questions > 0; questions--)
            at = BehindName(message, at) + 4;

        var texts = new List<string>();
        var addresses = new List<IPAddress>();
        for (var answers = Number(message, 6); answers > 0; answers--)
        {
            at = BehindName(message, at);
            var type = Number(message, at);
            var data = message.Slice(at + 10, Number(message, at + 8));
            if (type == Txt)
                texts.Add(Text(data));
            else if (type == A)
                addresses.Add(new(data));
            at += 10 + data.Length;
        }
        return new(
            Number(message, 0), message[3] & 15, (message[2] & 2) != 0,
            [.. texts], [.. addresses], message.Length);
    }

    static int BehindName(ReadOnlySpan<byte> message, int at)
    {
        while (message[at] is > 0 and < 64)
            at += 1 + message[at];
        var isPointer = message[at] != 0;
        return at + (isPointer ? 2 : 1);
    }

    static string Text(ReadOnlySpan<byte> strings)
    {
        var text = new StringBuilder();
        for (var at = 0; at < strings.Length; at += 1 + strings[at])
            text.Append(Encoding.ASCII.GetString(strings.Slice(at + 1, strings[at])));
        return text.ToString();
    }

    static ushort Number(ReadOnlySpan<byte> message, int at) =>
        BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
