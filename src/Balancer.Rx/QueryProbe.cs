using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Balancer.Rx;

/// <summary>
/// A question that every backend is asked now and then, and the RCODE it should answer with: a
/// heartbeat only proves that a process turns, this that it has its data (C3).
/// </summary>
/// <param name="Name">The name asked for, as people write it.</param>
/// <param name="Type">QTYPE, by its number.</param>
/// <param name="Rcode">The RCODE of a good answer, 0 to 15.</param>
public sealed record QueryProbe(string Name, ushort Type, int Rcode)
{
    private static readonly (string Name, ushort Number)[] Types =
    [
        ("A", 1), ("NS", 2), ("CNAME", 5), ("SOA", 6), ("PTR", 12), ("MX", 15), ("TXT", 16),
        ("AAAA", 28), ("SRV", 33), ("ANY", 255),
    ];

    private static readonly (string Name, int Number)[] Rcodes =
        [("NOERROR", 0), ("FORMERR", 1), ("SERVFAIL", 2), ("NXDOMAIN", 3), ("NOTIMP", 4),
            ("REFUSED", 5)];

    /// <summary>Reads NAME, NAME/TYPE or NAME/TYPE/RCODE; A and NOERROR unless said.</summary>
    /// <param name="text">What was written.</param>
    /// <param name="probe">The probe.</param>
    /// <param name="reason">Why it is none, for people.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out QueryProbe? probe,
        [NotNullWhen(false)] out string? reason)
    {
        probe = null;
        var parts = text.Split('/');
        var type = parts.Length > 1 ? Find(Types, parts[1]) : 1;
        var rcode = parts.Length > 2 ? Find(Rcodes, parts[2]) : 0;
        reason = parts.Length > 3 ? "not NAME/TYPE/RCODE"
            : !IsName(parts[0]) ? "not a domain name"
            : type is null ? $"{parts[1]}: not a type ({Names(Types)})"
            : rcode is null ? $"{parts[2]}: not an answer ({Names(Rcodes)})"
            : null;
        if (reason is not null)
            return false;
        probe = new(parts[0], (ushort)type!.Value, rcode!.Value);
        return true;
    }

    /// <summary>An RCODE as people write it.</summary>
    public static string NameOf(int rcode) => NameOf(Rcodes, rcode);

    /// <summary>The query, with id 0 and RD clear (RFC 1035 4.1).</summary>
    public byte[] Encode()
    {
        var labels = Labels(Name);
        var bytes = new byte[12 + labels.Sum(label => label.Length + 1) + 1 + 4];
        bytes[5] = 1;
        var at = 12;
        foreach (var label in labels)
        {
            bytes[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, bytes.AsSpan(at));
        }
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at + 1), Type);
        bytes[^1] = 1;
        return bytes;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Name}/{NameOf(Types, Type)}/{NameOf(Rcodes, Rcode)}";

    private static string[] Labels(string name) =>
        name.Split('.', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsName(string name) => name.Length is > 0 and <= 253
        && Ascii.IsValid(name) && !name.Contains(' ') && !name.Contains("..")
        && Labels(name).All(label => label.Length <= 63);

    private static int? Find<T>((string Name, T Number)[] table, string text)
        where T : IConvertible
    {
        foreach (var (name, number) in table)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
                return number.ToInt32(null);
        }
        return null;
    }

    private static string Names<T>((string Name, T Number)[] table) =>
        string.Join(", ", table.Select(row => row.Name));

    private static string NameOf<T>((string Name, T Number)[] table, T number) =>
        table.FirstOrDefault(row => Equals(row.Number, number)).Name ?? $"{number}";
}
