using System.Text;
using Balancer.Rx.Recording;
using CsCheck;

namespace Balancer.VirtualTimeTests.Recordings;

// What is no recording, or not a whole one, is refused in one sentence.
public class RecordingFileTests
{
    static readonly byte[] File = Written();

    [Fact]
    public void A_file_is_read_as_it_was_written_loop_by_loop()
    {
        var recorded = RecordingFile.Read(File);
        Assert.Equal("0.1.0", recorded.Program);
        Assert.Equal(2, recorded.Loops.Count);
        Assert.All(recorded.Loops, loop => Assert.Null(loop.Replay(_ => { }).Difference));
        Assert.Null(recorded.Loops[0].Cut);
        Assert.Equal("its reader was too slow", recorded.Loops[1].Cut);
    }

    [Fact]
    public void It_is_refused_wherever_it_is_cut_off()
    {
        for (var length = 0; length < File.Length; length++)
            Assert.Throws<TapeException>(() => RecordingFile.Read(File.AsMemory(0, length)));
    }

    [Fact]
    public void It_is_refused_whichever_bit_is_another()
    {
        for (var bit = 0; bit < File.Length * 8; bit += 3)
        {
            var other = File.ToArray();
            other[bit / 8] ^= (byte)(1 << bit % 8);
            // In the name of the program a bit more or less is another name.
            if (bit / 8 < "balancer recording 1 0.1.0".Length)
                continue;
            Assert.Throws<TapeException>(() => RecordingFile.Read(other));
        }
    }

    [Theory]
    [InlineData("", "no recording")]
    [InlineData("GET / HTTP/1.1\n", "no recording")]
    [InlineData("balancer recording 2 9.0.0 1\n", "format 2, and this program reads format 1")]
    [InlineData("balancer recording 1 0.1.0 1\n", "of 1 loops 0 are there")]
    public void Garbage_and_other_formats_are_named(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<TapeException>(
            () => RecordingFile.Read(Encoding.UTF8.GetBytes(text))).Message);

    // Whoever forges a file can make the sums agree; then it differs, or it cannot be read.
    [Fact]
    public void A_tape_of_other_bytes_is_replayed_without_harm()
    {
        var recording = RecordingFile.Read(File).Loops[0];
        var tape = recording.Tape.ToArray();
        Gen.Select(Gen.Int[0, tape.Length - 1], Gen.Byte).Array[1, 5].Sample(changes =>
        {
            var other = tape.ToArray();
            foreach (var (at, value) in changes)
                other[at] = value;
            return DoesNoHarm(() => (recording with { Tape = other }).Replay(_ => { }));
        });
    }

    [Fact]
    public void A_checkpoint_of_other_bytes_is_replayed_without_harm()
    {
        var recording = RecordingFile.Read(File).Loops[0];
        var written = new TapeWriter();
        recording.Start.Write(written);
        var start = written.Written.ToArray();
        Gen.Select(Gen.Int[0, start.Length - 1], Gen.Byte).Array[1, 5].Sample(changes =>
        {
            var other = start.ToArray();
            foreach (var (at, value) in changes)
                other[at] = value;
            return DoesNoHarm(() => (recording with { Start = Checkpoint.Read(new(other)) })
                .Replay(_ => { }));
        });
    }

    static bool DoesNoHarm(Action replay)
    {
        try
        {
            replay();
        }
        catch (TapeException)
        {
            // As it should be.
        }
        return true;
    }

    static byte[] Written()
    {
        var file = new List<byte>(RecordingFile.Head("0.1.0", loops: 2));
        for (var loop = 0; loop < 2; loop++)
        {
            var world = new World().With(5301, 5302);
            world.AllAsk(world.Clients(5));
            var tape = Tape.Begin(world.Control)!;
            world.AllAsk(world.Clients(10));
            world.Backend(5301).Dies();
            world.Run(2.Seconds());
            tape.End();
            var recording = tape.Recording;
            file.AddRange(RecordingFile.StartPart(loop, recording.Start));
            file.AddRange(RecordingFile.TapePart(loop, recording.Tape.Span[..50]));
            file.AddRange(RecordingFile.TapePart(loop, recording.Tape.Span[50..]));
            file.AddRange(RecordingFile.EndPart(
                loop, recording.Tape.Length, loop == 0 ? null : "its reader was too slow"));
        }
        return [.. file];
    }
}
