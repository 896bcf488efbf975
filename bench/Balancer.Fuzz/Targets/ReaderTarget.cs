using System.Buffers.Binary;
using Balancer.Rx.Protocol;

namespace Balancer.Fuzz.Targets;

/// <summary>Reads all frames there are; what they were goes into the digest.</summary>
/// <returns>How many bytes they took.</returns>
internal delegate int ReadsFrames(
    ReadOnlySpan<byte> bytes, bool fromBackend, ref ulong digest, out FrameRead end);

/// <summary>
/// The frame reader, in both directions: it finds what a second, plainer reading finds, wherever
/// the bytes are cut into pieces; its position only grows; it allocates nothing.
/// </summary>
internal sealed class ReaderTarget(ReadsFrames reads) : ITarget
{
    private static readonly byte[][] FromBalancer = Questions();

    private readonly Mutator _input = new();

    /// <summary>The reader itself.</summary>
    public ReaderTarget()
        : this(Read)
    {
    }

    /// <inheritdoc/>
    public string Name => "reader";

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Input => _input.Bytes;

    /// <inheritdoc/>
    public void Begin(ref Lot lot) => _input.Clear();

    /// <inheritdoc/>
    public int Step(ref Lot lot)
    {
        var fromBackend = lot.OneIn(2);
        _input.Draw(fromBackend ? Corpus.FromBackend : FromBalancer, ref lot);
        var bytes = (ReadOnlySpan<byte>)_input.Bytes;
        var (expected, digest) = (0ul, 0ul);
        var position = ReadPlainly(bytes, fromBackend, ref expected, out var expectedEnd);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var taken = reads(bytes, fromBackend, ref digest, out var end);
        if ((taken, digest, end) != (position, expected, expectedEnd))
        {
            throw new Finding(
                $"read {taken} bytes until {end}, where {position} until {expectedEnd} are right");
        }

        digest = 0;
        taken = 0;
        end = FrameRead.Incomplete;
        for (var arrived = 0; arrived < bytes.Length && end == FrameRead.Incomplete;)
        {
            arrived += 1 + lot.Below(lot.OneIn(2) ? 4 : bytes.Length - arrived);
            arrived = Math.Min(arrived, bytes.Length);
            taken += reads(bytes[taken..arrived], fromBackend, ref digest, out end);
            Finding.Unless(taken <= arrived, "more was taken than has arrived");
        }
        if ((taken, digest, end) != (position, expected, expectedEnd))
        {
            throw new Finding(
                $"in pieces {taken} bytes until {end}, not {position} until {expectedEnd}");
        }
        AllocationFinding.Since(before, 0);
        return 1;
    }

    /// <inheritdoc/>
    public void Dispose() { }

    /// <summary>By the reader under test.</summary>
    internal static int Read(
        ReadOnlySpan<byte> bytes, bool fromBackend, ref ulong digest, out FrameRead end)
    {
        var reader = fromBackend
            ? FrameReader.FromBackend(bytes)
            : FrameReader.FromBalancer(bytes);
        var position = 0;
        while ((end = reader.Next(out var frame)) == FrameRead.Complete)
        {
            Finding.Unless(reader.Position > position, "a frame took no bytes");
            position = reader.Position;
            Note(ref digest, (uint)frame.Type, frame.Address.Value, frame.Port, frame.Data);
        }
        Finding.Unless(reader.Position == position, "the reader moved without a frame");
        return position;
    }

    // The wire once more, as Frames.cs tells it and without regard for speed.
    private static int ReadPlainly(
        ReadOnlySpan<byte> bytes, bool fromBackend, ref ulong digest, out FrameRead end)
    {
        for (var at = 0; ;)
        {
            var numbers = Math.Min(4, (bytes.Length - at) / 4);
            var type = numbers > 0 ? Number(bytes, at) : 0;
            var needs = (fromBackend, type) switch
            {
                (_, 0) when numbers == 0 => 1,
                (true, 1_001 or 1_003 or 1_004) or (false, 1 or 4) => 1,
                (true, 1_002) or (false, 2) => 4,
                (false, 3) => 3,
                _ => 0,
            };
            end = needs == 0 ? FrameRead.UnknownType : FrameRead.Incomplete;
            if (needs == 0 || numbers < needs)
                return at;
            var length = needs == 4 ? Number(bytes, at + 12) : 0;
            end = length > 1_500 ? FrameRead.Oversized : FrameRead.Incomplete;
            if (length > 1_500 || bytes.Length - at < needs * 4 + length)
                return at;
            Note(
                ref digest, type, needs > 1 ? Number(bytes, at + 4) : 0,
                needs > 1 ? Number(bytes, at + 8) : 0, bytes.Slice(at + needs * 4, (int)length));
            at += needs * 4 + (int)length;
        }
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int at) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static void Note(
        ref ulong digest, uint type, uint address, uint port, ReadOnlySpan<byte> data)
    {
        digest = Digest.Of(digest ^ type, address, port, data);
    }

    // What a balancer sends: every query in a frame, and the frames around them.
    private static byte[][] Questions() =>
    [
        [1, 0, 0, 0], [4, 0, 0, 0], [3, 0, 0, 0, 1, 0, 1, 127, 0x43, 0x9C, 0, 0],
        .. Corpus.Queries.Select((query, i) => Inbound(query, (uint)i)),
        [.. Corpus.Queries.SelectMany((query, i) => Inbound(query, (uint)i))],
    ];

    private static byte[] Inbound(byte[] query, uint i)
    {
        var frame = new byte[FrameSize.DatagramHeader + query.Length];
        FrameWriter.Datagram(
            frame, FrameType.InboundUdp, new(new(0x7F010001 + i), 40_001), query);
        return frame;
    }
}
