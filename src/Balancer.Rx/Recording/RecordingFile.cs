// THE FILE of a recording.
//
//   balancer recording 1 0.1.0 2⏎       format, the program that wrote it, and how many loops
//   kind loop length bytes checksum     a part: Start, Tape or End of this loop; any number
//
// Each loop has one Start (a checkpoint), parts of its tape in their order, and one End, which says
// how long the tape is and whether it was cut short; those of several loops are mixed as they came.
// Numbers are those of TapeWriter; the checksum (FNV-1a, 4 bytes) is over the part before it. A
// file that ends earlier, or differs in a bit, is not read: half a recording would replay into
// something that never was.

using System.Buffers.Binary;
using System.Text;

namespace Balancer.Rx.Recording;

/// <summary>A recording: a part for each loop.</summary>
/// <param name="Program">The version that made it.</param>
/// <param name="Loops">By the number of the loop.</param>
internal sealed record Recorded(string Program, IReadOnlyList<LoopRecording> Loops);

/// <summary>Writes and reads it.</summary>
internal static class RecordingFile
{
    /// <summary>How the names of such files end.</summary>
    public const string Extension = ".recording";

    private const string Title = "balancer recording ";
    private const string Version = "1";
    private const int LongestHead = 100;
    private const int ChecksumBytes = 4;
    private const byte Start = (byte)'S', Tape = (byte)'T', End = (byte)'E';

    /// <summary>The first line.</summary>
    public static byte[] Head(string program, int loops) =>
        Encoding.UTF8.GetBytes($"{Title}{Version} {program} {loops}\n");

    /// <summary>Where this loop's tape begins.</summary>
    public static byte[] StartPart(int loop, Checkpoint start)
    {
        var bytes = new TapeWriter();
        start.Write(bytes);
        return Part(Start, loop, bytes.Written);
    }

    /// <summary>The same, of a checkpoint that is bytes already.</summary>
    public static byte[] StartPart(int loop, ReadOnlySpan<byte> start) =>
        Part(Start, loop, start);

    /// <summary>Some of its tape, cut anywhere.</summary>
    public static byte[] TapePart(int loop, ReadOnlySpan<byte> entries) =>
        Part(Tape, loop, entries);

    /// <summary>The end of this loop's tape.</summary>
    /// <param name="loop">Which.</param>
    /// <param name="length">How many bytes of tape there were.</param>
    /// <param name="cut">Why it ends before it was meant to; null: it does not.</param>
    public static byte[] EndPart(int loop, long length, string? cut = null)
    {
        var bytes = new TapeWriter();
        bytes.Number(length);
        bytes.Text(cut ?? "");
        return Part(End, loop, bytes.Written);
    }

    /// <summary>Reads a whole file.</summary>
    /// <exception cref="TapeException">It is none, or not whole.</exception>
    public static Recorded Read(ReadOnlyMemory<byte> file)
    {
        var (program, count) = HeadOf(file.Span, out var length);
        var loops = new SortedDictionary<int, Gathering>();
        var reader = new TapeReader(file[length..]);
        while (!reader.IsAtEnd)
            ReadPart(reader, file[length..], loops);
        if (loops.Count != count)
            throw new TapeException($"it is not whole: of {count} loops {loops.Count} are there");
        return new(program, [.. loops.Select(loop => loop.Value.Whole(loop.Key))]);
    }

    private static (string Program, int Loops) HeadOf(
        ReadOnlySpan<byte> file, out int length)
    {
        length = file[..Math.Min(file.Length, LongestHead)].IndexOf((byte)'\n') + 1;
        var head = Encoding.UTF8.GetString(file[..Math.Max(0, length - 1)]);
        if (!head.StartsWith(Title, StringComparison.Ordinal))
            throw new TapeException("this is no recording of a balancer");
        var words = head[Title.Length..].Split(' ');
        return words is [Version, var program, var loops]
            && int.TryParse(loops, out var count) && count > 0
            ? (program, count)
            : throw new TapeException(
                $"it has format {words[0]}, and this program reads format {Version}");
    }

    private static void ReadPart(
        TapeReader reader, ReadOnlyMemory<byte> parts, SortedDictionary<int, Gathering> loops)
    {
        var from = reader.At;
        try
        {
            var (kind, loop) = (reader.Byte(), reader.Int());
            var bytes = reader.Bytes(reader.Count());
            var sum = Checksum(parts.Span[from..reader.At]);
            if (BinaryPrimitives.ReadUInt32LittleEndian(
                reader.Bytes(ChecksumBytes).Span) != sum)
                throw new TapeException("the checksum does not agree: it is damaged");
            if (!loops.TryGetValue(loop, out var gathering))
                loops[loop] = gathering = new();
            gathering.Add(kind, bytes);
        }
        catch (TapeException e)
        {
            throw new TapeException($"the part that begins at byte {from} of them: {e.Message}");
        }
    }

    private static byte[] Part(byte kind, int loop, ReadOnlySpan<byte> bytes)
    {
        var head = new TapeWriter();
        head.Byte(kind);
        head.Number(loop);
        head.Unsigned((uint)bytes.Length);
        var part = new byte[head.Written.Length + bytes.Length + ChecksumBytes];
        head.Written.CopyTo(part);
        bytes.CopyTo(part.AsSpan(head.Written.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(
            part.AsSpan(part.Length - ChecksumBytes), Checksum(part.AsSpan(..^ChecksumBytes)));
        return part;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var sum = 2_166_136_261u;
        foreach (var b in bytes)
            sum = (sum ^ b) * 16_777_619;
        return sum;
    }

    // One loop's parts, as they come.
    private sealed class Gathering
    {
        private readonly List<byte> _tape = [];
        private Checkpoint? _start;
        private string? _cut;
        private bool _isOver;

        public void Add(byte kind, ReadOnlyMemory<byte> bytes)
        {
            var isInOrder = kind switch
            {
                Start => _start is null,
                Tape or End => _start is not null && !_isOver,
                _ => throw new TapeException($"no part is of kind {kind}"),
            };
            if (!isInOrder)
                throw new TapeException($"a part of kind {(char)kind} out of its order");
            var reader = new TapeReader(bytes);
            if (kind == Start)
                _start = Checkpoint.Read(reader);
            else if (kind == Tape)
                _tape.AddRange(bytes.Span);
            else
                EndWith(reader);
        }

        public LoopRecording Whole(int loop) => _isOver
            ? new(_start!, _tape.ToArray(), _cut)
            : throw new TapeException($"it is not whole: that of loop {loop} has no end");

        private void EndWith(TapeReader reader)
        {
            var length = reader.Number();
            var cut = reader.Text();
            if (length != _tape.Count)
                throw new TapeException($"of {length} bytes of tape {_tape.Count} are there");
            (_isOver, _cut) = (true, cut.Length > 0 ? cut : null);
        }
    }
}
