using System.Diagnostics;

namespace Balancer.Rx.Forwarding;

/// <summary>
/// An answer that says nothing but a code: what a client gets from us when no backend is asked. The
/// header is that of RFC 1035, 4.1.1: the query's id, opcode and RD; QR = 1; TC and RCODE as given;
/// all else 0, so no authority and no recursion are claimed. Behind it stands the query's first
/// question, by which resolvers tell a true answer from a forged one, if it can be walked.
///
/// Never longer than its query, so nobody is worth forging for it. Not promised: EDNS. An OPT
/// record is left out, as by a server that has never heard of it (RFC 6891, 7).
/// </summary>
internal static class OwnAnswer
{
    /// <summary>The most that is written: a header, the longest name, a type and a class.</summary>
    public const int MaxBytes = HeaderBytes + MaxName + TypeAndClass;

    /// <summary>RCODE of a server that failed (RFC 1035, 4.1.1).</summary>
    public const int ServerFailure = 2;

    /// <summary>RCODE of a server that will not answer (RFC 1035, 4.1.1).</summary>
    public const int Refused = 5;

    private const int HeaderBytes = 12;
    private const int MaxName = 255;
    private const int MaxLabel = 63;
    private const int TypeAndClass = 4;
    private const byte Response = 0x80;
    private const byte OpcodeAndRecursionDesired = 0x79;
    private const byte Truncated = 0x02;

    /// <summary>
    /// Writes the answer to a query; returns its length, at most <see cref="MaxBytes"/>. 0: nothing
    /// is written, since there is no header to answer, or it is an answer itself (two that answer
    /// each other's answers would never stop), or no room. Takes any bytes; without room for the
    /// question it goes without.
    /// </summary>
    public static int Write(
        Span<byte> to, ReadOnlySpan<byte> query, int rcode, bool truncated)
    {
        Debug.Assert(rcode is >= 0 and <= 15, "an RCODE has four bits");
        if (query.Length < HeaderBytes || to.Length < HeaderBytes || (query[2] & Response) != 0)
            return 0;
        var end = EndOfQuestion(query);
        if (end > to.Length)
            end = HeaderBytes;
        query[..2].CopyTo(to);
        to[2] = (byte)(Response | query[2] & OpcodeAndRecursionDesired
            | (truncated ? Truncated : 0));
        to[3] = (byte)(rcode & 15);
        to[4..HeaderBytes].Clear();
        to[5] = (byte)(end > HeaderBytes ? 1 : 0);
        query[HeaderBytes..end].CopyTo(to[HeaderBytes..]);
        return end;
    }

    // Where the first question ends; the header's end if there is none, or not one that can be
    // walked: cut off, too long a name (RFC 1035, 3.1), or a length byte that is none (4.1.4: a
    // pointer has nothing to point to yet).
    private static int EndOfQuestion(ReadOnlySpan<byte> query)
    {
        if ((query[4] | query[5]) == 0)
            return HeaderBytes;
        var at = HeaderBytes;
        while (at < query.Length && query[at] is > 0 and <= MaxLabel)
            at += 1 + query[at];
        var end = at + 1 + TypeAndClass;
        return end <= query.Length && query[at] == 0 && at + 1 - HeaderBytes <= MaxName
            ? end
            : HeaderBytes;
    }
}
